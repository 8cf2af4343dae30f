// What the Worker class looks like to a program that looks closely. Prints the answers; each should be true.
import { createRequire } from 'node:module';
import workerThreads, { Worker } from 'node:worker_threads';

const required = createRequire(import.meta.url)('worker_threads').Worker;
class Own extends Worker {
  calls = 0;
  on(...args) {
    this.calls = (this.calls ?? 0) + 1;
    return super.on(...args);
  }
}
const own = new Own('0', { eval: true });
const codeOf = (call) => {
  try {
    return `nothing, but gave ${call()}`;
  } catch (error) {
    return error.code ?? error.name;
  }
};

console.log(
  JSON.stringify({
    'one class, however imported': Worker === required && Worker === workerThreads.Worker,
    'its name': Worker.name === 'Worker' && Worker.length === 1,
    'an instance of it': own instanceof Worker && own instanceof Own,
    'its constructor': own.constructor === Own && Worker.prototype.constructor === Worker,
    'options refused as ever': codeOf(() => new Worker('0', { eval: true, execArgv: 'x' })) === 'ERR_INVALID_ARG_TYPE',
    'flags refused as ever':
      codeOf(() => new Worker('0', { eval: true, execArgv: ['--title=x'] })) === 'ERR_WORKER_INVALID_EXEC_ARGV',
    'files refused as ever': codeOf(() => new Worker('no-path')) === 'ERR_WORKER_PATH',
    'needs new': codeOf(() => Worker('0')) === 'TypeError',
  }),
);
