// The service: bodies are received into pooled blocks, compressed by piscina workers, and answered from pooled blocks.

import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createRuntime } from '@syncpool/core';
import { moveBuffer, PooledPiscina } from '@syncpool/worker-shim/piscina';
import { Piscina } from 'piscina';
import { checkAnnounced, receive, Refusal } from './body.js';
import { bodySizes, gzippedBound, MiB } from './sizes.js';

/** Slabs are whole MiB: what blocks that do not divide one leave over, and a slab begun per class. */
const SLACK = 1.25;
const BODY_MS = 30_000;
const CLOSE_MS = 5_000;
const LINGER_MS = 1_000;

/** @param {ReturnType<typeof import('./args.js').parseServer>} settings */
function openPools({ limitBytes, poolBytes, threads, kernel }) {
  const runtime = createRuntime({
    name: 'http-gzip',
    maxBytes: (Math.ceil((2 * poolBytes * SLACK) / MiB) + 12) * MiB,
    // One thread more than there are, for one that replaces a worker whose end is not known yet.
    maxProcessors: 2 * threads + 2,
    ...(kernel && { kernel }),
  });
  const sizes = bodySizes(limitBytes);
  return {
    runtime,
    bodies: runtime.pool('bodies', { sizes, maxBytes: poolBytes }),
    answers: runtime.pool('answers', { sizes: sizes.map(gzippedBound), maxBytes: poolBytes }),
  };
}

export class Service {
  #settings;
  #runtime;
  #bodies;
  #answers;
  #piscina;
  #pooled;
  #server;
  #isClosing = false;
  /** @type {Map<number, number>} by status */
  #answered = new Map();
  #underWay = 0;

  /** @param {ReturnType<typeof import('./args.js').parseServer>} settings */
  constructor(settings) {
    this.#settings = settings;
    const { runtime, bodies, answers } = openPools(settings);
    this.#runtime = runtime;
    this.#bodies = bodies;
    this.#answers = answers;
    // The runtime first: workers find what was there when they started.
    this.#piscina = new Piscina({
      filename: fileURLToPath(new URL('worker.js', import.meta.url)),
      minThreads: settings.threads,
      maxThreads: settings.threads,
      // Node 20 does not survive that a worker is terminated while it `require`s an ES module: there piscina has to import the file.
      execArgv: process.version.startsWith('v20.') ? ['--no-experimental-require-module'] : process.execArgv,
    });
    // Else a worker that ends between two tasks would end the server.
    this.#piscina.on('error', (error) => console.error(`a worker failed: ${error.message}`));
    this.#pooled = new PooledPiscina(this.#piscina, runtime);
    const listener = (request, response) => void this.#handle(request, response);
    this.#server = createServer({ requestTimeout: BODY_MS }, listener)
      .on('checkContinue', listener)
      .on('clientError', refuseMalformed);
  }

  /** The workers, for who wants to end one. */
  get threads() {
    return this.#piscina.threads;
  }

  /** Begins to listen. The port. @returns {Promise<number>} */
  async listen() {
    const server = this.#server;
    await new Promise((resolve, reject) => {
      server.once('error', reject).listen(this.#settings.port, '127.0.0.1', () => resolve(undefined));
    });
    return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  }

  stats() {
    const { rss } = process.memoryUsage();
    const figures = ({ name, cutBytes, totals, classes }) => ({
      name,
      leased: totals.leased,
      detached: classes.reduce((sum, { detached }) => sum + detached, 0),
      cutBytes,
      gets: totals.gets,
      stolenBlocks: totals.stolenBlocks,
      freshBlocks: totals.freshBlocks,
      lost: totals.lost,
    });
    return {
      rss,
      underWay: this.#underWay,
      answered: Object.fromEntries(this.#answered),
      tasks: this.#pooled.stats().tasks,
      pools: [this.#bodies, this.#answers].map((pool) => figures(pool.stats())),
    };
  }

  /** Answers what is under way, for some seconds at most, and ends. */
  async close() {
    if (this.#isClosing) return;
    this.#isClosing = true;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeIdleConnections();
    const late = setTimeout(() => this.#server.closeAllConnections(), CLOSE_MS);
    await closed;
    clearTimeout(late);
    await this.#piscina.close();
    this.#runtime.close();
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #handle(request, response) {
    this.#underWay += 1;
    response.once('close', () => {
      this.#underWay -= 1;
      if (response.writableFinished) this.#count(response.statusCode);
    });
    try {
      await this.#route(request, response);
    } catch (error) {
      refuse(request, response, refusalOf(error));
    }
  }

  #count(status) {
    this.#answered.set(status, (this.#answered.get(status) ?? 0) + 1);
  }

  async #route(request, response) {
    const { pathname } = new URL(request.url, 'http://localhost');
    const [method, answer] = pathname === '/gzip' ? ['POST', this.#gzip] : ['GET', this.#sendStats];
    if (pathname !== '/gzip' && pathname !== '/stats') throw new Refusal(404, 'there is POST /gzip and GET /stats');
    if (request.method !== method) throw new Refusal(405, `${pathname} takes ${method}`, { allow: method });
    await answer.call(this, request, response);
  }

  #sendStats(_request, response) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(this.stats())}\n`);
  }

  async #gzip(request, response) {
    const limitBytes = /** @type {number} */ (this.#bodies.sizes.at(-1));
    checkAnnounced(request, limitBytes);
    if (/100-continue/i.test(request.headers.expect ?? '')) response.writeContinue();
    const { body, length } = await receive(request, this.#bodies);
    const task = { body: moveBuffer(body, length), level: this.#settings.level };
    const answer = await this.#pooled.run(task, { name: 'gzip' });
    // Node reads the block until the response has finished, or its connection is gone.
    void this.#answers.putAfter(response, answer);
    response.writeHead(200, {
      'content-type': request.headers['content-type'] ?? 'application/octet-stream',
      'content-encoding': 'gzip',
      'content-length': answer.usedLength,
    });
    response.end(answer.subarray(0, answer.usedLength));
  }
}

/** What is not a refusal already is a failure of the service: no block in time, or a worker that was killed. */
function refusalOf(error) {
  if (error instanceof Refusal) return error;
  if (error?.code === 'ECONNRESET' || error?.code === 'ERR_STREAM_PREMATURE_CLOSE') return new Refusal(499, 'gone');
  if (error?.code === 'ERR_INVALID_URL') return new Refusal(400, 'that is no path');
  return new Refusal(503, 'not now', { 'retry-after': '1' });
}

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response @param {Refusal} refusal */
function refuse(request, response, { status, message, headers }) {
  if (response.destroyed || response.headersSent) {
    response.destroy();
    return;
  }
  const text = `${message}\n`;
  const about = { 'content-type': 'text/plain', 'content-length': Buffer.byteLength(text), ...headers };
  if (request.complete) {
    response.writeHead(status, about).end(text);
    return;
  }
  // A client that is still sending would see its connection reset, and no answer: what it sends is read and forgotten for a moment.
  response.writeHead(status, { ...about, connection: 'close' }).write(text);
  const end = () => response.end();
  request.resume().once('close', end);
  setTimeout(end, LINGER_MS).unref();
}

/** @param {Error & { code?: string }} error @param {import('node:stream').Duplex} socket */
function refuseMalformed(error, socket) {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status =
    { HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large', ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout' }[
      error.code ?? ''
    ] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
