// For the attach tests: a task file of piscina that answers commands, see support/commands.ts.

export { answer as default } from '../support/commands.ts';
