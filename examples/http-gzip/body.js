// A request's body, received into one pooled block.

/** What is wrong with a request, as a status. */
export class Refusal extends Error {
  /** @param {number} status @param {string} message @param {Record<string, string>} [headers] */
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

const WAIT_MS = 10_000;

/** The length that a request announces; undefined if it is sent in chunks. @param {import('node:http').IncomingMessage} request */
function announced(request) {
  const header = request.headers['content-length'];
  if (header !== undefined) return Number(header); // digits only: the parser has refused anything else
  return request.headers['transfer-encoding'] === undefined ? 0 : undefined;
}

/** @param {number} limitBytes */
function tooLarge(limitBytes) {
  return new Refusal(413, `a body has ${limitBytes} bytes at most`);
}

/** Refuses a body that announces too much, before it is received. @param {import('node:http').IncomingMessage} request @param {number} limitBytes */
export function checkAnnounced(request, limitBytes) {
  if ((announced(request) ?? 0) > limitBytes) throw tooLarge(limitBytes);
}

/**
 * Receives the body: a block of the announced length's class, or of the largest where there is none. The request waits, and its
 * client with it, until the pool has one: that is what keeps the memory within its limit. The block goes back if the client goes away.
 *
 * @param {import('node:http').IncomingMessage} request
 * @param {import('@syncpool/core').BufferPool} bodies
 * @returns {Promise<{ body: import('@syncpool/core').PooledBuffer, length: number }>}
 */
export async function receive(request, bodies) {
  const limitBytes = /** @type {number} */ (bodies.sizes.at(-1));
  checkAnnounced(request, limitBytes);
  const gone = new AbortController();
  const onClose = () => gone.abort(new Refusal(499, 'the client has gone away'));
  request.once('close', onClose);
  const body = await bodies.acquire(Math.max(1, announced(request) ?? limitBytes), {
    timeoutMs: WAIT_MS,
    signal: gone.signal,
  });
  request.off('close', onClose);
  try {
    let length = 0;
    // The connection stays, for the answer to what is too large.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (length + chunk.length > body.length || length + chunk.length > limitBytes) throw tooLarge(limitBytes);
      body.set(chunk, length);
      length += chunk.length;
    }
    return { body, length };
  } catch (error) {
    bodies.put(body);
    throw error;
  }
}
