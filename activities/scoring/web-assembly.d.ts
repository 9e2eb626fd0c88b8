/** What Node has and its types omit, as far as the sandbox uses it. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  class Memory {
    /** In pages of 64 KiB. */
    constructor(size: { initial: number; maximum: number });
    readonly buffer: ArrayBuffer;
    /** By pages of 64 KiB. @throws RangeError beyond its maximum, or if the machine has no more */
    grow(pages: number): number;
  }
  /** A global that a module exports. */
  interface Global {
    value: bigint;
  }
  class Instance {
    constructor(module: Module, imports: object);
    readonly exports: Record<string, unknown>;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
