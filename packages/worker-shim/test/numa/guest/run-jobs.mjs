// In the machine: runs the jobs one after the other and sends how each has ended, a JSON line each, through the second serial port.

import { spawnSync } from 'node:child_process';
import { openSync, readFileSync, writeSync } from 'node:fs';

const port = openSync('/dev/ttyS1', 'w');

for (const { name, project, command, limitMs } of JSON.parse(readFileSync('/jobs.json', 'utf8'))) {
  console.log(`job: ${name}`);
  const [program, ...args] = command;
  const options = { cwd: `/${project}`, encoding: 'utf8', timeout: limitMs, killSignal: 'SIGKILL' };
  const { error, status, signal, stdout, stderr } = spawnSync(program, args, options);
  const complaint = error === undefined ? stderr : `${error.message}\n${stderr ?? ''}`;
  writeSync(port, `${JSON.stringify({ name, code: status, signal, stdout: stdout ?? '', stderr: complaint })}\n`);
}
