// The warnings that the package emits while something runs.

export interface Warned {
  readonly code: string;
  readonly message: string;
  readonly detail: string;
}

/** Gathers the package's warnings from now on; `stop` ends it. They are emitted on the next tick of the event loop. */
export function gatherWarnings(): { readonly warnings: Warned[]; readonly stop: () => void } {
  const warnings: Warned[] = [];
  const onWarning = (warning: Error & { code?: string; detail?: string }) => {
    if (warning.name !== 'SyncPoolWarning') return;
    warnings.push({ code: String(warning.code), message: warning.message, detail: String(warning.detail) });
  };
  process.on('warning', onWarning);
  return { warnings, stop: () => process.off('warning', onWarning) };
}
