/**
 * Loaded into every thread of the process for workflows before anything else (`node --import`). In
 * the thread that runs workflow code it switches off two services of the SDK that cost more than
 * the workflows themselves, and for which the SDK has no option
 * (docs/decisions/0050-calls-of-workflows-have-no-watchdog.md):
 * - the time limit of every call into the sandbox, for which Node.js starts and ends a thread each
 *   time. Instead, the supervisor restarts the process if the thread is stuck: see
 *   `sendHeartbeats`.
 * - the stack of every promise, which only the query `__stack_trace` reads.
 */
import vm from "node:vm";
import v8 from "node:v8";
import { isMainThread } from "node:worker_threads";
import { reportFromThread } from "./supervision/workflow-thread-pulse.js";

if (!isMainThread) {
  const { value: runInContext } = Object.getOwnPropertyDescriptor(vm.Script.prototype, "runInContext") as {
    value: vm.Script["runInContext"];
  };
  vm.Script.prototype.runInContext = function (context, options) {
    const { timeout: _timeout, ...others } = options ?? {};
    return runInContext.call(this, context, others) as unknown;
  };
  const createHook = (): never => {
    throw new Error("the stacks of promises are switched off");
  };
  // Another object: with this one, Node.js itself keeps what belongs to a chain of promises
  // (AsyncLocalStorage).
  Object.assign(v8, { promiseHooks: { ...v8.promiseHooks, createHook } });
  reportFromThread();
}
