/** Where the kernel's sources are. */
export declare const kernelDir: string;
/** Rewrites TypeScript to AssemblyScript at equal length. */
export declare function toAssemblyScript(text: string): string;
/** Compiles steps.ts. `patch(name, text)` may change a source first. */
export declare function compileSteps(
  patch?: (name: string, text: string) => string,
): Promise<{ wasm: Buffer; wat: string }>;
/** The names that steps.ts exports. */
export declare function stepNames(): string[];
/** Bundles the kernel as a function that binds it. */
export declare function bundleKernel(backend: 'wasm' | 'atomics'): Promise<string>;
/** Turns the text of an ES module without imports into a function body that returns its exports. */
export declare function returnExports(text: string): string;
