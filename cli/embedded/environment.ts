import { createHmac } from "node:crypto";
import { homeKey } from "../../store/ownership/home-key.js";

/** Variables that workers read. A running server keeps the values that it was started with. */
const watched = /^(PAWL|HF|TF|XLA|CUDA|NVIDIA)_|^(NODE_OPTIONS|NODE_EXTRA_CA_CERTS)$|_proxy$/i;
/**
 * The home directory belongs to the server; the others belong to the terminal, benches and single
 * processes.
 */
const ignoredVariables = /^PAWL_(HOME|CACHE|LOG_LEVEL|PROCESS|PROCESS_GPU)$/;

/**
 * The variables that are set now, each value as a short digest with the home directory's key:
 * values may be secrets.
 */
export function environmentPrints(home: string, environment: NodeJS.ProcessEnv): Record<string, string> {
  const names = Object.keys(environment).filter((name) => watched.test(name) && !ignoredVariables.test(name));
  const print = (name: string): string =>
    createHmac("sha256", homeKey(home)).update(`environment ${name}=${environment[name]}`).digest("hex").slice(0, 16);
  return Object.fromEntries(names.sort().map((name) => [name, print(name)]));
}

/**
 * The differences between the environment that a server was started with and another one, in words.
 */
export function environmentChanges(before: Record<string, string>, now: Record<string, string>): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names.flatMap((name) => {
    if (before[name] === now[name]) return [];
    if (before[name] === undefined) return [`${name} is set here but was not set when the server started`];
    return [
      now[name] === undefined
        ? `${name} was set when the server started but is not set here`
        : `${name} has a different value here`,
    ];
  });
}
