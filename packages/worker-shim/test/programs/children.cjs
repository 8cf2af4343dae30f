// A worker, and then the main thread, start processes in all the ways there are. Prints their masks, and the threads' own afterwards.
const childProcess = require('node:child_process');
const { once } = require('node:events');
const { isMainThread, parentPort, Worker } = require('node:worker_threads');
const { self } = require('./identity.cjs');

const READ = 'grep Cpus_allowed_list /proc/self/status';
const listIn = (text) => String(text).trim().split('\t').at(-1);

async function masks() {
  const { promisify } = require('node:util');
  return {
    spawnSync: listIn(childProcess.spawnSync('sh', ['-c', READ]).stdout),
    execSync: listIn(childProcess.execSync(READ)),
    execFileSync: listIn(childProcess.execFileSync('sh', ['-c', READ])),
    exec: listIn((await promisify(childProcess.exec)(READ)).stdout),
    execFile: listIn((await promisify(childProcess.execFile)('sh', ['-c', READ])).stdout),
    own: self().cpus,
  };
}

async function compare() {
  const [worker] = await once(new Worker(__filename), 'message');
  console.log(JSON.stringify({ worker, main: await masks() }));
}

if (isMainThread) void compare();
else masks().then((found) => parentPort.postMessage(found));
