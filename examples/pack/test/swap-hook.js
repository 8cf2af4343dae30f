// Loaded with --import: files with telling names change at the moment they are opened, after the walk has seen them.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

/** Opens before which a `late-` file is let be: one in each variant's untimed run, and the first timed one. */
const EARLY_OPENS = 4;

const changes = {
  vanishes: (path) => fs.rmSync(path),
  'becomes-a-folder': (path) => {
    fs.rmSync(path);
    fs.mkdirSync(path);
  },
  'becomes-a-fifo': (path) => {
    fs.rmSync(path);
    spawnSync('sh', ['-c', 'mkfifo "$0"', path]);
  },
  'becomes-a-link': (path) => {
    fs.renameSync(path, `${path}.moved`);
    fs.symlinkSync(`${path}.moved`, path);
  },
  shrinks: (path) => fs.truncateSync(path, 10),
  // The same length, and other contents each time.
  'changes-contents': (path, opens) => fs.writeFileSync(path, Buffer.alloc(fs.statSync(path).size, opens)),
};

const { openSync } = fs;
const opens = new Map();
/** fs opens files by itself in some of its calls. */
let changing = false;

function changeIfNamedSo(path) {
  const name = basename(path);
  const change = changes[name.replace('late-', '')];
  if (change === undefined || !fs.lstatSync(path, { throwIfNoEntry: false })?.isFile()) return;
  opens.set(name, (opens.get(name) ?? 0) + 1);
  if (!name.startsWith('late-') || opens.get(name) > EARLY_OPENS) change(path, opens.get(name));
}

fs.openSync = (path, ...rest) => {
  if (!changing) {
    changing = true;
    changeIfNamedSo(String(path));
    changing = false;
  }
  return openSync(path, ...rest);
};
syncBuiltinESMExports();
