// What the calling thread is, and what it can see of being launched.
const { readFileSync } = require('node:fs');
const { availableParallelism } = require('node:os');

function ownStatus(field) {
  return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(readFileSync('/proc/thread-self/status', 'utf8'))?.[1];
}

exports.self = () => ({
  cpus: ownStatus('Cpus_allowed_list'),
  name: ownStatus('Name'),
  placement: globalThis[Symbol.for('@syncpool/placement')],
  execArgv: process.execArgv,
  nodeOptions: process.env.NODE_OPTIONS,
  parallelism: availableParallelism(),
  hasLoadedKoffi: Object.keys(require.cache).some((file) => file.includes('koffi')),
});
