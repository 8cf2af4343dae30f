// Workers come and go. Prints who got which place, in order.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const places = [];
const take = ([{ placement, cpus }]) => {
  places.push([placement.place, cpus]);
};
async function start() {
  const worker = new Worker(new URL('idle.cjs', import.meta.url));
  take(await once(worker, 'message'));
  return worker;
}

const [first, second] = [await start(), await start()];
// Killed, and replaced from its 'exit' as pools do.
void first.terminate();
await once(first, 'exit');
const third = await start();
// A worker starts one, and dies with it: nobody hears of the other's end.
third.postMessage('one more');
take(await once(third, 'message'));
await third.terminate();
const others = [await start(), await start()];
console.log(JSON.stringify(places));
for (const worker of [second, ...others]) await worker.terminate();
