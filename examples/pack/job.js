// The job: read, hand to the workers, collect. One driver; how bytes cross threads is the variant's.

import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { Reader } from './read.js';
import { reasonOf } from './walk.js';
import { digestOf } from './work.js';

/** Tasks posted and not answered, per worker: one at work, one waiting in the queue. */
const TASKS_PER_THREAD = 2;

/** @typedef {(length: number, signal: AbortSignal) => Uint8Array | Promise<Uint8Array>} Room */

/**
 * How bytes cross threads.
 *
 * @typedef {object} Variant
 * @property {'pooled' | 'transfer' | 'clone'} name also the handler's in worker.js
 * @property {Room} room a buffer to read a piece into
 * @property {(buffer: Uint8Array) => void} drop takes it back unused
 * @property {(buffer: Uint8Array, length: number) => unknown} message what is posted for it
 * @property {(messages: unknown[]) => ArrayBuffer[] | undefined} transferList
 * @property {<T>(output: unknown, use: (bytes: Uint8Array) => T) => T} withOutput lends the bytes of an answer's item
 * @property {() => void} close
 */

/**
 * @typedef {object} Run
 * @property {number} seconds
 * @property {number} cpuSeconds of all threads
 * @property {(string | undefined)[]} records by piece: digest of the input, length and digest of the output
 * @property {Map<string, string>} failures files by name that could not be read to their planned end, and why
 */

export class Job {
  #variant;
  #workers;
  #settings;

  /**
   * Start it before anything is timed: its workers are made here.
   *
   * @param {Variant} variant
   * @param {import('./args.js').Settings} settings
   */
  constructor(variant, settings) {
    this.#variant = variant;
    this.#settings = settings;
    this.#workers = new Piscina({
      filename: fileURLToPath(new URL('worker.js', import.meta.url)),
      name: variant.name,
      minThreads: settings.threads,
      maxThreads: settings.threads,
    });
  }

  get name() {
    return this.#variant.name;
  }

  /**
   * @param {import('./plan.js').Plan} plan
   * @param {(bytes: number) => void} onProgress
   * @returns {Promise<Run>}
   */
  async run(plan, onProgress) {
    const reader = new Reader(this.#settings.directory);
    // A failed task ends the run: the reader may be waiting for blocks that nobody will put.
    const failed = new AbortController();
    /** @type {Run} */
    const run = { seconds: 0, cpuSeconds: 0, records: new Array(plan.pieces).fill(undefined), failures: new Map() };
    /** @type {Set<Promise<void>>} */
    const tasks = new Set();
    const cpuBefore = process.cpuUsage();
    const start = performance.now();
    try {
      for (const batch of plan.batches) {
        while (tasks.size >= TASKS_PER_THREAD * this.#settings.threads) await Promise.race(tasks);
        const { pieces, inputs } = await this.#load(batch, reader, run, failed.signal);
        const task = this.#send(pieces, inputs, run)
          .then(() => onProgress(pieces.reduce((sum, piece) => sum + piece.length, 0)))
          .catch((error) => failed.abort(error))
          .finally(() => tasks.delete(task));
        tasks.add(task);
      }
      await Promise.all(tasks);
      failed.signal.throwIfAborted();
    } finally {
      reader.close();
    }
    run.seconds = (performance.now() - start) / 1000;
    const cpu = process.cpuUsage(cpuBefore);
    run.cpuSeconds = (cpu.user + cpu.system) / 1e6;
    return run;
  }

  async close() {
    await this.#workers.destroy();
    this.#variant.close();
  }

  /**
   * Reads the pieces of a batch. A file that fails is noted, and the rest of its pieces left out.
   *
   * @param {import('./plan.js').Piece[]} batch
   * @param {Reader} reader
   * @param {Run} run
   * @param {AbortSignal} signal
   */
  async #load(batch, reader, run, signal) {
    const pieces = [];
    const inputs = [];
    for (const piece of batch) {
      if (run.failures.has(piece.file.name)) continue;
      const buffer = await this.#variant.room(piece.length, signal);
      try {
        reader.read(piece, buffer);
      } catch (error) {
        this.#variant.drop(buffer);
        run.failures.set(piece.file.name, reasonOf(error));
        continue;
      }
      pieces.push(piece);
      inputs.push(this.#variant.message(buffer, piece.length));
    }
    return { pieces, inputs };
  }

  /**
   * Posts a batch and collects its answer.
   *
   * @param {import('./plan.js').Piece[]} pieces
   * @param {unknown[]} inputs
   * @param {Run} run
   */
  async #send(pieces, inputs, run) {
    if (pieces.length === 0) return;
    const task = { level: this.#settings.level, inputs };
    const answer = await this.#workers.run(task, { transferList: this.#variant.transferList(inputs) });
    for (const [i, { index }] of pieces.entries()) {
      run.records[index] = this.#variant.withOutput(
        answer.outputs[i],
        (bytes) => `${answer.digests[i]} ${bytes.length} ${digestOf(bytes)}`,
      );
    }
  }
}
