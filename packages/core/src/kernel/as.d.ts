// AssemblyScript's word, named for tsc and editors; its own typings clash with @types/node.
declare type i32 = number;
