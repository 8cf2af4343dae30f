// A copy of the package that can be cut wherever V8 may cut a thread: at the entry of every
// JavaScript function, at every turn of a loop, before a step and after it, its return value lost.
// Where a real cut falls is chance; here it is a number, so that every place gets its turn.

import { parse } from 'acorn';
import { full } from 'acorn-walk';
import MagicString from 'magic-string';
import { importChanged, type Package } from './package-copy.ts';

/** What a cut throws. Not an Error: nobody may take it for one of the package's. */
const CUT = Symbol('cut');

interface Knife {
  /** Points to pass before the cut; 0: none is meant. */
  countdown: number;
  point(): void;
  /** The steps of the wasm kernel, which are whole: a point before and after each. */
  aroundSteps(exports: Record<string, (...args: number[]) => number>): Record<string, (...args: number[]) => number>;
}

const NAME = '@syncpool/core test knife';

export const knife: Knife = {
  countdown: 0,
  point() {
    if (this.countdown === 0) return;
    this.countdown -= 1;
    if (this.countdown === 0) throw CUT;
  },
  aroundSteps(exports) {
    const whole = Object.entries(exports).map(([name, run]): [string, typeof run] => [
      name,
      (...args) => {
        this.point();
        const result = run(...args);
        this.point();
        return result;
      },
    ]);
    return Object.fromEntries(whole);
  },
};
(globalThis as { [NAME]?: Knife })[NAME] = knife;

interface Body {
  type: string;
  start: number;
  end: number;
}

const LOOPS = new Set(['ForStatement', 'WhileStatement', 'DoWhileStatement', 'ForOfStatement', 'ForInStatement']);
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);
const POINT = `globalThis[${JSON.stringify(NAME)}].point()`;

/** Adds a point to every function and loop. Returns the text and the number of points. */
export function withCutPoints(text: string): { text: string; points: number } {
  const changed = new MagicString(text);
  let points = 0;
  full(parse(text, { ecmaVersion: 'latest', sourceType: 'module' }), (node) => {
    if (!LOOPS.has(node.type) && !FUNCTIONS.has(node.type)) return;
    const { body } = node as unknown as { body: Body };
    points += 1;
    if (body.type === 'BlockStatement') changed.appendRight(body.start + 1, `${POINT};`);
    else if (node.type === 'ArrowFunctionExpression')
      changed.appendRight(body.start, `(${POINT}, (`).appendLeft(body.end, '))');
    else changed.appendRight(body.start, `{${POINT};`).appendLeft(body.end, '}');
  });
  const bound = changed.toString().replace(/\bbind\w*\(words, instance\.exports\)/, (call) => {
    points += 1;
    return call.replace('instance.exports', `globalThis[${JSON.stringify(NAME)}].aroundSteps(instance.exports)`);
  });
  if (bound === changed.toString()) throw new Error(`the built package does not bind the exports of the steps`);
  return { text: bound, points };
}

/** A copy of the package in which `knife` cuts. */
export function importCuttable(): Promise<Package> {
  return importChanged((text) => withCutPoints(text).text);
}

/** Runs `what`; true if it was cut at the `countdown`th point. 0 never cuts. */
export function isCut(countdown: number, what: () => void): boolean {
  knife.countdown = countdown;
  try {
    what();
    return false;
  } catch (error) {
    if (error !== CUT) throw error;
    return true;
  } finally {
    knife.countdown = 0;
  }
}
