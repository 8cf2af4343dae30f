// A worker starts processes in all the ways there are. Prints their masks, and the worker's own afterwards.
const childProcess = require('node:child_process');
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

if (isMainThread) new Worker(__filename).once('message', (found) => console.log(JSON.stringify(found)));
else masks().then((found) => parentPort.postMessage(found));
