// Cuts by V8 itself.

import vm from 'node:vm';
import { step, type User } from './storm.ts';

/** A storm: the user goes on until a vm timeout of so many milliseconds cuts him. Returns 1, the number of cuts. */
export function vmStorm(user: User): (timeoutMs: number) => number {
  const context = vm.createContext({ step, user });
  const script = new vm.Script('for (;;) step(user)');
  return (timeout) => {
    try {
      script.runInContext(context, { timeout });
    } catch (error) {
      if ((error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 1;
      throw error;
    }
    throw new Error('an endless script ended');
  };
}
