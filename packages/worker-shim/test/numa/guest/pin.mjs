// A thread that pins itself, by what is installed, and where the kernel has it then.
import { readFileSync } from 'node:fs';
import { pinThisThread } from '@syncpool/worker-shim';

const { how, holds } = pinThisThread([6]);
// The processor that the thread was last seen on: the 39th field, the 37th after the name in brackets.
const stat = readFileSync('/proc/thread-self/stat', 'utf8');
const processor = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[36]);
console.log(JSON.stringify({ how, holds, processor }));
