// Code run in a worker of this process, or in a process of its own: masks are changed there, and not the tests'.

import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { parseReports, start } from './launch.ts';

const PACKAGE = import.meta.resolve('@syncpool/worker-shim');

/** Runs `body`, of an ES module, in a worker; what it hands to `report`. `shim` is the package. */
export async function inWorker<T>(body: string, url = PACKAGE): Promise<T> {
  const source = `import * as shim from ${JSON.stringify(url)};
    import { parentPort } from 'node:worker_threads';
    const report = (value) => parentPort.postMessage(value);
    ${body}`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  const [[value]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
  return value as T;
}

/**
 * Runs `body`, of an async function, in the main thread of a process of its own; what it hands to `report`. `shim` is the package.
 * Nothing there has used libuv's pool yet, as the loader of ES modules would have.
 */
export async function inProcess<T>(body: string, url = PACKAGE, env: NodeJS.ProcessEnv = process.env): Promise<T[]> {
  const source = `const shim = require(${JSON.stringify(fileURLToPath(url))});
    const report = (value) => console.log(JSON.stringify(value));
    (async () => { ${body} })();`;
  return parseReports<T>(await start(process.execPath, ['-e', source], env).ended);
}
