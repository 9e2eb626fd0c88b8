import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import variant from "@jitl/quickjs-wasmfile-release-sync";
import {
  DefaultIntrinsics,
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSSyncVariant,
} from "quickjs-emscripten-core";
import { budgetExport, metered } from "./metered-wasm.js";
import { describeError } from "../../platform/text/describe-error.js";
import { MachineFailure } from "./rule.js";

export interface SandboxLimits {
  /**
   * Calls, turns of loops and steps of regular expressions; built-in functions may take
   * `turnsPerStep` turns for each.
   */
  stepLimit: number;
  /** Of the interpreter's whole memory. */
  memoryLimitBytes: number;
}

/** The value of the code as JSON (undefined: JSON cannot represent it), or why there is none. */
export type Outcome =
  | { json: string | undefined }
  | { failure: "error" | "stepLimit" | "outOfMemory"; message: string };

/** Steps between two calls of QuickJS's interrupt handler. */
const stepsBetweenPolls = 10_000;
/**
 * Turns of the interpreter's own loops for each step: what built-in functions do, and their copies
 * of memory.
 */
const turnsPerStep = 1000;
/**
 * QuickJS's own limit of recursion must be met before WebAssembly's, which a thread's stack of this
 * size sees to.
 */
const stackBytes = 1 << 18;
export const threadStackMiB = 64;
const pageBytes = 1 << 16;
/** The memory that the interpreter begins with. */
const initialPages = 256;

/**
 * Runs untrusted JavaScript in QuickJS, compiled to WebAssembly: no input, no output, nothing of
 * the host. Every run has an interpreter of its own, and its budgets count steps and bytes, not
 * time: the same code comes to the same end on every machine. For the same reason Math.random() is
 * always 0.5 and there is no Date. QuickJS counts the steps of the code; what its built-in
 * functions do in one step (`2n ** 1000000n`, `indexOf` over a long list) is counted by the metered
 * module. If the machine itself has no memory left, there is no verdict on the code. QuickJS's own
 * memory limit does not see small blocks in WebAssembly; the limit is that of the memory itself.
 * @throws MachineFailure, also of each run
 */
export async function openSandbox(limits: SandboxLimits): Promise<(code: string) => Promise<Outcome>> {
  const file = createRequire(import.meta.url).resolve("@jitl/quickjs-wasmfile-release-sync/wasm");
  const wasmModule = await WebAssembly.compile(metered(await readFile(file)));
  return async (code) => {
    const maximum = Math.floor(limits.memoryLimitBytes / pageBytes);
    const { quickjs, wasmMemory, budget } = await instantiate(wasmModule, maximum);
    budget.value = BigInt(limits.stepLimit) * BigInt(turnsPerStep);
    const runtime = quickjs.newRuntime();
    runtime.setMaxStackSize(stackBytes);
    let polls = 0;
    const most = Math.floor(limits.stepLimit / stepsBetweenPolls);
    const isSpent = () => polls > most || budget.value < 0n;
    runtime.setInterruptHandler(() => {
      polls += 1;
      return isSpent();
    });
    // Nothing is disposed of: the interpreter is garbage after this, and its memory with it.
    const outcome = attempt(
      () => evaluate(runtime.newContext({ intrinsics: { ...DefaultIntrinsics, Date: false } }), code, isSpent),
      isSpent,
    );
    if ("failure" in outcome && outcome.failure === "outOfMemory") refuseUnlessGrows(wasmMemory, maximum);
    return outcome;
  };
}

// The package's types are those of its other build.
const compiled = variant as unknown as QuickJSSyncVariant;

/** @throws MachineFailure if the machine has no memory for an interpreter */
async function instantiate(wasmModule: WebAssembly.Module, maximum: number) {
  try {
    const wasmMemory = new WebAssembly.Memory({ initial: initialPages, maximum });
    let exported: Record<string, unknown> = {};
    const instantiateWasm = (imports: object, onSuccess: (instance: WebAssembly.Instance) => void): unknown => {
      const instance = new WebAssembly.Instance(wasmModule, imports);
      exported = instance.exports;
      onSuccess(instance);
      return exported;
    };
    const options = { wasmMemory, emscriptenModule: { instantiateWasm } as object };
    const quickjs = await newQuickJSWASMModuleFromVariant(newVariant(compiled, options));
    return { quickjs, wasmMemory, budget: exported[budgetExport] as WebAssembly.Global };
  } catch (error) {
    throw new MachineFailure(`no interpreter can be made: ${describeError(error)}`);
  }
}

/** The interpreter itself may trap, at the end of its budget or for lack of memory or stack. */
function attempt(work: () => Outcome, isSpent: () => boolean): Outcome {
  try {
    return work();
  } catch (error) {
    if (isSpent()) return { failure: "stepLimit", message: "it took more steps than stepLimit" };
    return { failure: "outOfMemory", message: describeError(error) };
  }
}

/**
 * Memory that ran out counts against the code only if the machine could have provided all that the
 * limit allows.
 */
function refuseUnlessGrows(memory: WebAssembly.Memory, maximum: number): void {
  try {
    memory.grow(maximum - memory.buffer.byteLength / pageBytes);
  } catch {
    throw new MachineFailure("the machine has less memory than memoryLimitBytes allows the code");
  }
}

function evaluate(context: QuickJSContext, code: string, isSpent: () => boolean): Outcome {
  const failed = (error: QuickJSHandle): Outcome => {
    const message = readMessage(context, error);
    if (isSpent()) return { failure: "stepLimit", message: "it took more steps than stepLimit" };
    return { failure: message === "out of memory" ? "outOfMemory" : "error", message };
  };
  // Taken before the code can change it.
  const stringify = context.unwrapResult(context.evalCode("Math.random = () => 0.5; JSON.stringify"));
  // `{ a: 1 }` is an object here, not a block.
  const expression = `(${code}\n)`;
  const isExpression = context.evalCode(expression, "code.js", { compileOnly: true }).error === undefined;
  const value = context.evalCode(isExpression ? expression : code, "code.js");
  if (value.error) return failed(value.error);
  const json = context.callFunction(stringify, context.undefined, value.value);
  if (json.error) return failed(json.error);
  return { json: context.typeof(json.value) === "string" ? context.getString(json.value) : undefined };
}

/**
 * An error's message, as far as it can be read; its getters are the code's own and count as its
 * steps.
 */
function readMessage(context: QuickJSContext, error: QuickJSHandle): string {
  if (context.typeof(error) === "string") return context.getString(error).slice(0, 300);
  if (context.typeof(error) !== "object") return `it threw a value of type ${context.typeof(error)}`;
  const message = context.getProp(error, "message");
  return context.typeof(message) === "string" ? context.getString(message).slice(0, 300) : "it threw an object";
}
