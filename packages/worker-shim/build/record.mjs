// node build/record.mjs > FILE.json: the files of this machine that a topology is read from, as a JSON object of texts by path.
// For a fixture under test/fixtures, or for a report of a machine that is read wrongly.
import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';

const PATTERNS = [
  '/sys/devices/system/cpu/{online,present,possible}',
  '/sys/devices/system/cpu/cpu[0-9]*/{online,cpu_capacity}',
  '/sys/devices/system/cpu/cpu[0-9]*/topology/{*_list,*_id}',
  '/sys/devices/system/cpu/cpu[0-9]*/cache/index*/{level,type,shared_cpu_list}',
  '/sys/devices/system/node/{online,has_cpu}',
  '/sys/devices/system/node/node[0-9]*/{cpulist,distance}',
  '/sys/devices/cpu_{core,atom}/cpus',
  '/proc/self/{status,cgroup,mountinfo}',
  '/sys/fs/cgroup/{.,*,*/*,*/*/*,*/*/*/*}/{cpu.max,cpu.cfs_quota_us,cpu.cfs_period_us,cpuset.cpus,cpuset.cpus.effective}',
];

/** What of a file is no business of a topology stays out. */
function trimmed(path, text) {
  const lines = text.split('\n');
  if (path.endsWith('/status')) return `${lines.filter((line) => line.startsWith('Cpus_allowed')).join('\n')}\n`;
  if (path.endsWith('/mountinfo')) return `${lines.filter((line) => / - cgroup2? /.test(line)).join('\n')}\n`;
  if (path.endsWith('/cgroup')) return `${lines.filter((line) => /:(?:|cpuset|cpu|cpu,.*):/.test(line)).join('\n')}\n`;
  return text;
}

const files = {};
for (const path of globSync(PATTERNS, { absolute: true, expandDirectories: false }).sort()) {
  try {
    files[path.slice(1)] = trimmed(path, readFileSync(path, 'utf8'));
  } catch (cause) {
    console.error(`${path}: ${cause.code}`); // an offline CPU's, or not for this user
  }
}
console.log(JSON.stringify(files, undefined, 2));
