// Tasks that give back what they get.

import { attachRuntime } from '@syncpool/core';
import { pooledTask } from '@syncpool/worker-shim/piscina';

const body = (task) => task.body;

export const plain = body;
export const echo = pooledTask(attachRuntime, body);
export const echoArguments = pooledTask(attachRuntime, body, { puts: 'arguments' });
