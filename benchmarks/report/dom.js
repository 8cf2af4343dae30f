// Elements without a browser. Text is escaped where the page is written (linkedom), so no name in a result can become markup.

import { parseHTML } from 'linkedom';

const { document } = parseHTML('<!doctype html><html lang="en"><head></head><body></body></html>');
export { document };

/** An element with attributes and children; strings become text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
