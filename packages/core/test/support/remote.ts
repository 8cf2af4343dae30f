// A worker thread of the attach tests, and what it is asked.

import { Worker, type WorkerOptions } from 'node:worker_threads';
import { inject } from 'vitest';
import type { Answer, Command } from './commands.ts';
import { nextMessage } from './worker.ts';

/** URL of the worker that answers commands. */
export const answeringFile = () => new URL('attach.js', inject('workerDir')).href;

export class Remote {
  readonly worker: Worker;

  constructor(options: WorkerOptions = {}) {
    this.worker = new Worker(new URL(answeringFile()), { execArgv: [], ...options });
  }

  /** What the command gave in the worker, or the code of the package's refusal. One command at a time. */
  async ask(command: Command): Promise<Answer> {
    const message = nextMessage(this.worker);
    this.worker.postMessage(command);
    return (await message) as Answer;
  }

  /** As `ask`, for a command that is not refused. */
  async get<T>(command: Command): Promise<T> {
    const { result, code } = await this.ask(command);
    if (code !== undefined) throw new Error(`${command.kind} was refused with ${code}`);
    return result as T;
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
