// A process that starts another one like it: each has one worker.
const { fork } = require('node:child_process');

require('./one.cjs');
fork(`${__dirname}/one.cjs`);
