/** Name under which a metered module exports its budget: a mutable global of 64 bits. */
export const budgetExport = "budget";
/** A copy or a fill costs one turn of a loop for each 2^bytesPerTurnLog2 bytes. */
const bytesPerTurnLog2 = 6;

const op = {
  unreachable: 0x00,
  loop: 0x03,
  if: 0x04,
  end: 0x0b,
  localGet: 0x20,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  i64Const: 0x42,
  i64LessSigned: 0x53,
  i64Subtract: 0x7d,
  i64ShiftRightUnsigned: 0x88,
  i64ExtendUnsigned: 0xad,
  prefix: 0xfc,
} as const;
const bulk = { copy: 10, fill: 11 };
const section = { type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 };
const i32 = 0x7f;
const i64 = 0x7e;
const emptyBlock = 0x40;

/**
 * A WebAssembly module with a budget: each turn of a loop takes 1 from the exported global
 * `budget`, and each copy or fill of memory 1 for 64 bytes; below 0 the module traps. The count
 * depends on module and input alone, never on the machine. Recursion is not counted: it is bounded
 * by the stack, and what it repeats are loops. Binary format: WebAssembly Core Specification 2.0,
 * chapter 5. Departure: vector instructions and those of later proposals are refused, because the
 * one module that is metered has none.
 * @throws TypeError for a module that has them
 */
export function metered(wasm: Uint8Array): Uint8Array {
  const reader = new Reader(wasm);
  const out: number[][] = [[...reader.bytes(8)]];
  const found: Known = { parameters: [], functionTypes: [], globals: 0 };
  while (!reader.atEnd()) {
    const id = reader.byte();
    const content = new Reader(reader.bytes(reader.unsigned()));
    const body = rewriteSection(id, content, found);
    out.push([id, ...unsigned(body.length)], body);
  }
  return joined(out);
}

/** What is known about the module from the sections before. */
interface Known {
  /** Number of parameters by type. */
  parameters: number[];
  /** Type by function of the module's own. */
  functionTypes: number[];
  /** Globals, imported ones included; the budget comes after them. */
  globals: number;
}

function rewriteSection(id: number, content: Reader, known: Known): number[] {
  switch (id) {
    case section.type:
      known.parameters = content.clone().list((type) => readType(type));
      return content.rest();
    case section.import:
      content.clone().list((entry) => readImport(entry, known));
      return content.rest();
    case section.function:
      known.functionTypes = content.clone().list((entry) => entry.unsigned());
      return content.rest();
    case section.global: {
      const own = content.unsigned();
      known.globals += own;
      // Until the budget is set, there is one that is never used up.
      const largest = [...Array<number>(9).fill(0xff), 0x00];
      return [...unsigned(own + 1), ...content.rest(), i64, 1, op.i64Const, ...largest, op.end];
    }
    case section.export: {
      const name = [...new TextEncoder().encode(budgetExport)];
      const count = content.unsigned() + 1;
      return [...unsigned(count), ...content.rest(), ...unsigned(name.length), ...name, 3, ...unsigned(known.globals)];
    }
    case section.code: {
      const count = content.unsigned();
      const parts = [unsigned(count)];
      for (let i = 0; i < count; i++) {
        const body = rewriteFunction(
          new Reader(content.bytes(content.unsigned())),
          known.parameters[known.functionTypes[i]!]!,
          known.globals,
        );
        parts.push(unsigned(body.length), body);
      }
      return parts.flat();
    }
    default:
      return content.rest();
  }
}

/** @returns the number of its parameters */
function readType(type: Reader): number {
  type.byte();
  const parameters = type.list((value) => value.byte()).length;
  type.list((value) => value.byte());
  return parameters;
}

function readImport(entry: Reader, known: Known): void {
  for (let name = 0; name < 2; name++) entry.bytes(entry.unsigned());
  const kind = entry.byte();
  if (kind === 0) entry.unsigned();
  else if (kind === 3) {
    known.globals += 1;
    entry.bytes(2);
  } else {
    if (kind === 1) entry.byte();
    const hasMaximum = (entry.byte() & 1) === 1;
    entry.unsigned();
    if (hasMaximum) entry.unsigned();
  }
}

/** @param budget index of its global */
function rewriteFunction(code: Reader, parameters: number, budget: number): number[] {
  let locals = parameters;
  const groups = code.list((group) => {
    const count = group.unsigned();
    locals += count;
    return [...unsigned(count), group.byte()];
  });
  const length = locals;
  const out: number[] = [...unsigned(groups.length + 1), ...groups.flat(), 1, i32];
  const get = [op.globalGet, ...unsigned(budget)];
  const set = [op.globalSet, ...unsigned(budget)];
  const turn = [...get, op.i64Const, 1, op.i64Subtract, ...set];
  const check = [...get, op.i64Const, 0, op.i64LessSigned, op.if, emptyBlock, op.unreachable, op.end];
  const bytes = [
    ...[op.localTee, ...unsigned(length), ...get, op.localGet, ...unsigned(length), op.i64ExtendUnsigned],
    ...[op.i64Const, bytesPerTurnLog2, op.i64ShiftRightUnsigned, op.i64Subtract, ...set],
  ];
  while (!code.atEnd()) {
    const { opcode, sub, encoded } = code.instruction();
    if (opcode === op.prefix && (sub === bulk.copy || sub === bulk.fill)) out.push(...bytes);
    out.push(...encoded);
    if (opcode === op.loop) out.push(...turn, ...check);
  }
  return out;
}

/** Reads the binary format from left to right. */
class Reader {
  #at = 0;

  constructor(private readonly source: Uint8Array) {}

  atEnd(): boolean {
    return this.#at >= this.source.length;
  }

  /** Another reader of the same from here. */
  clone(): Reader {
    return new Reader(this.source.subarray(this.#at));
  }

  byte(): number {
    return this.source[this.#at++]!;
  }

  bytes(count: number): Uint8Array {
    this.#at += count;
    return this.source.subarray(this.#at - count, this.#at);
  }

  rest(): number[] {
    return [...this.bytes(this.source.length - this.#at)];
  }

  /** An unsigned number in LEB128, 32 bits. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  list<T>(item: (reader: Reader) => T): T[] {
    return Array.from({ length: this.unsigned() }, () => item(this));
  }

  /** One instruction in its encoded form; `sub` is the second opcode after the prefix. */
  instruction(): { opcode: number; sub: number; encoded: Uint8Array } {
    const start = this.#at;
    const opcode = this.byte();
    const sub = opcode === op.prefix ? this.unsigned() : 0;
    this.#immediates(opcode, sub);
    return { opcode, sub, encoded: this.source.subarray(start, this.#at) };
  }

  #immediates(opcode: number, sub: number): void {
    if (opcode === op.prefix) return this.#prefixed(sub);
    // Blocks have a type, which is a signed number; skipping it is the same.
    if (opcode >= 0x02 && opcode <= 0x04) this.unsigned();
    else if (opcode === 0x0c || opcode === 0x0d || opcode === 0x10) this.unsigned();
    else if (opcode === 0x0e) this.#skip(this.unsigned() + 1);
    else if (opcode === 0x11) this.#skip(2);
    else if (opcode === 0x1c) this.list((type) => type.byte());
    else if (opcode >= 0x20 && opcode <= 0x26) this.unsigned();
    else if (opcode >= 0x28 && opcode <= 0x3e) this.#skip(2);
    else if (opcode === 0x3f || opcode === 0x40 || opcode === 0x41 || opcode === 0x42) this.#skip(1);
    else if (opcode === 0x43) this.bytes(4);
    else if (opcode === 0x44) this.bytes(8);
    else if (opcode === 0xd0 || opcode === 0xd2) this.unsigned();
    else if (!hasNoImmediates(opcode))
      throw new TypeError(`the instruction 0x${opcode.toString(16)} cannot be metered`);
  }

  #prefixed(sub: number): void {
    // Operands by instruction: conversions, memory.init, data.drop, memory.copy, memory.fill, and
    // those of tables.
    const operands = sub <= 7 ? 0 : [2, 1, 2, 1, 2, 1, 2, 1, 1, 1][sub - 8];
    if (operands === undefined) throw new TypeError(`the instruction 0xfc ${sub} cannot be metered`);
    this.#skip(operands);
  }

  /** Skips numbers in LEB128. */
  #skip(numbers: number): void {
    for (let i = 0; i < numbers; i++) while (this.byte() >= 0x80);
  }
}

function hasNoImmediates(opcode: number): boolean {
  return [0x00, 0x01, 0x05, 0x0b, 0x0f, 0x1a, 0x1b, 0xd1].includes(opcode) || (opcode >= 0x45 && opcode <= 0xc4);
}

/** A number in LEB128. */
function unsigned(value: number): number[] {
  const out: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) | 0x80);
  }
}

function joined(parts: readonly number[][]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
