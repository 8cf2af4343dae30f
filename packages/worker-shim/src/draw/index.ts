// Public names of @syncpool/worker-shim/draw, apart from the rest: a worker that pins itself loads no table library.

export { drawJson } from './json.ts';
export type { Pinned } from './parts.ts';
export { drawSvg } from './svg.ts';
export { type TerminalOptions, drawTerminal } from './terminal.ts';
