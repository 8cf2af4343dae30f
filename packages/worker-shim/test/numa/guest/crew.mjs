// Workers that answer questions: who asks knows when each is done.
import { once } from 'node:events';
import { parentPort, Worker } from 'node:worker_threads';

/** Starts workers from a file beside this one; they have attached and told their threads' ids when this is done. */
export async function startCrew(file, count) {
  const workers = Array.from({ length: count }, () => new Worker(new URL(file, import.meta.url)));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  return workers;
}

/** Lets all of them end. */
export function endCrew(workers) {
  for (const worker of workers) worker.postMessage(['end']);
}

/** A worker's answer. */
export async function ask(worker, question, ...details) {
  worker.postMessage([question, ...details]);
  return (await once(worker, 'message'))[0];
}

/** In a worker: answers by the functions of `answers` until it is asked to `end`. */
export function answer(answers) {
  parentPort.on('message', ([question, ...details]) => {
    if (question === 'end') parentPort.close();
    else parentPort.postMessage(answers[question](...details));
  });
  parentPort.postMessage('attached');
}
