// Structured clones, what postMessage does when nothing else is said. A clone takes a view's whole ArrayBuffer along, so
// each piece is read into one of its own size, as for a transfer.

import { openTransfer } from './transfer.js';

export function openClone() {
  return {
    ...openTransfer(),
    /** @type {'clone'} */
    name: 'clone',
    transferList: () => undefined,
  };
}
