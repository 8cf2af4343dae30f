// For the attach tests: answers commands, see support/commands.ts.

import { parentPort } from 'node:worker_threads';
import { answer } from '../support/commands.ts';

parentPort?.on('message', async (command) => parentPort?.postMessage(await answer(command)));
