// Keeps constant what the sources declare constant. esbuild makes `var` of the top-level `const` and `class` of what it bundles.
// V8 folds a constant into the code that it optimises; a `var` it loads and checks at every use, because it may have
// changed: on the fast path of get and put that is a quarter of the time (docs/decisions/0004).
import { parse } from 'acorn';
import { full } from 'acorn-walk';
import MagicString from 'magic-string';

/** The names that a declared or assigned pattern binds. */
function namesIn(pattern) {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) => namesIn(property.value ?? property.argument));
    case 'ArrayPattern':
      return pattern.elements.flatMap(namesIn);
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    default:
      return [];
  }
}

/** Every name that something in the program assigns to, in whatever scope: a constant's namesake keeps its `var`, which is slower and right. */
function assignedIn(program) {
  const names = [];
  full(program, (node) => {
    if (node.type === 'AssignmentExpression' || node.type === 'ForOfStatement' || node.type === 'ForInStatement') {
      names.push(...namesIn(node.left));
    } else if (node.type === 'UpdateExpression') names.push(...namesIn(node.argument));
  });
  return new Set(names);
}

/**
 * The text of a bundled module with `const` for each top-level `var` that has a value from the start and is assigned no other.
 *
 * @throws SyntaxError if the text is no module
 */
export function keepConstants(text) {
  const program = parse(text, { ecmaVersion: 'latest', sourceType: 'module' });
  const assigned = assignedIn(program);
  const isConstant = ({ id, init }) => init !== null && !namesIn(id).some((name) => assigned.has(name));
  const result = new MagicString(text);
  for (const { type, kind, start, declarations } of program.body) {
    if (type !== 'VariableDeclaration' || kind !== 'var' || !declarations.every(isConstant)) continue;
    result.overwrite(start, start + 'var'.length, 'const');
  }
  return result.toString();
}
