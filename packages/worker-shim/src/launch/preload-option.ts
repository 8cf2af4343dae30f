// How the preload gets into every thread: as an option in NODE_OPTIONS, or in a worker's `execArgv`.
//
// A worker reads NODE_OPTIONS anew if it is given an `env` or an `execArgv` of its own, and else has the options of the thread
// that starts it. So a worker with an `env` of its own gets the option in there, and one with an `execArgv`
// whose environment has lost it gets it in that; both take it out again before the program's code can look.

import type { WorkerOptions } from 'node:worker_threads';

/** The preload's option, in both of its forms. */
export interface PreloadOption {
  /** What stands in NODE_OPTIONS. */
  readonly text: string;
  /** What stands in `execArgv`. */
  readonly args: readonly [flag: string, file: string];
}

/** NODE_OPTIONS is cut at spaces, except between double quotes, where a backslash escapes. */
export function preloadOption(file: string): PreloadOption {
  return { text: `--require "${file.replace(/[\\"]/g, '\\$&')}"`, args: ['--require', file] };
}

/** NODE_OPTIONS with the option in front: before other preloads, which may start workers. */
export function withOption(nodeOptions: string | undefined, { text }: PreloadOption): string {
  if (nodeOptions?.includes(text)) return nodeOptions;
  return nodeOptions ? `${text} ${nodeOptions}` : text;
}

/** Where a worker's options had to have it put in. */
export type PutInto = 'env' | 'execArgv' | 'nothing';

/** A worker's options such that it loads the preload: the same object, if it does so anyway or if Node.js is to refuse it. */
export function withPreload<T extends WorkerOptions | undefined>(
  options: T,
  option: PreloadOption,
): { readonly options: T | WorkerOptions; readonly putInto: PutInto } {
  // SHARE_ENV is a symbol.
  const own = typeof options?.env === 'object' ? options.env : null;
  const nodeOptions = (own ?? process.env).NODE_OPTIONS;
  const text = nodeOptions === undefined ? undefined : String(nodeOptions);
  if (text?.includes(option.text)) return { options, putInto: 'nothing' };
  if (own !== null) {
    return { options: { ...options, env: { ...own, NODE_OPTIONS: withOption(text, option) } }, putInto: 'env' };
  }
  if (!Array.isArray(options?.execArgv)) return { options, putInto: 'nothing' };
  return { options: { ...options, execArgv: [...option.args, ...options.execArgv] }, putInto: 'execArgv' };
}

/** Takes the option out again of what the calling worker's program sees. */
export function hideOption({ text, args }: PreloadOption, putInto: PutInto): void {
  if (putInto === 'execArgv') process.execArgv.splice(0, args.length);
  if (putInto !== 'env') return;
  const rest = (process.env.NODE_OPTIONS ?? '').replace(text, '').trimStart();
  if (rest === '') delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = rest;
}
