// The server: node main.js --port 0

import { parseServer } from './args.js';
import { Service } from './service.js';

const service = new Service(parseServer(process.argv.slice(2)));

/** @param {NodeJS.Signals} signal */
async function end(signal) {
  console.error(`${signal}: answering what is under way`);
  await service.close();
}

process.once('SIGTERM', end);
process.once('SIGINT', end);
try {
  console.log(`listening on http://127.0.0.1:${await service.listen()}`);
} catch (error) {
  console.error(`cannot listen: ${error.message}`);
  process.exitCode = 1;
  await service.close();
}
