/** The command that writes the golden files. */
export declare const updateCommand: string;
export declare function currentGoldens(): Promise<Readonly<Record<'kernel.wat' | 'layout.txt', string>>>;
export declare function readGolden(name: string): string;
