// What a module's WebAssembly text does, as far as the law of steps asks.

/** Instructions of the text, one for each time it stands there, in either of the two forms of writing them. */
export function instructionsOf(wat: string): string[] {
  const code = wat.replace(/\(;[\s\S]*?;\)|;;.*$/gm, '').replace(/"(?:[^"\\]|\\.)*"/g, '""');
  // An instruction is a bare lower-case word; names begin with $, numbers with a digit or a sign.
  return [...code.matchAll(/(?<![\w$./=-])[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*/g)].map((match) => match[0]);
}

/** Whether the instruction can repeat, leave the function or take longer the more it is given. */
export function breaksStraightLine(instruction: string): boolean {
  return (
    /^(?:return_)?call(?:_indirect|_ref)?$/.test(instruction) ||
    /^(?:loop|br_table|try|try_table|throw|throw_ref|rethrow|delegate|resume|suspend)$/.test(instruction) ||
    /^memory\.(?:copy|fill|init|grow)$/.test(instruction) ||
    /^table\./.test(instruction) ||
    /^(?:memory\.atomic\.wait(?:32|64))$/.test(instruction)
  );
}
