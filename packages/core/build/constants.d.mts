/** The text of a bundled module with `const` for each top-level `var` that has a value from the start and is assigned no other. */
export declare function keepConstants(text: string): string;
