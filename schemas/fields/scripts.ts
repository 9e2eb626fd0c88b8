import type { Json } from "../../platform/json.js";

/** Interpreters by name, and their options whose argument is code. */
const interpreters: readonly { name: RegExp; option: RegExp }[] = [
  { name: /^(?:ba|da|z|k|a)?sh$/, option: /^-[A-Za-z]*c$/ },
  { name: /^(?:python|pypy)[\d.]*$/, option: /^-[A-Za-z]*c$/ },
  { name: /^(?:node|deno|bun|perl|ruby)$/, option: /^(?:-[A-Za-z]*[eEp]|--eval|--print)$/ },
];

/**
 * The index of the argument that an interpreter runs as code (`["sh", "-c", CODE]`); undefined if
 * there is none.
 */
export function codeArgument(argv: readonly Json[]): number | undefined {
  const words = argv.map(String);
  const first = words[0] === "env" || words[0]?.endsWith("/env") ? 1 : 0;
  const program = words[first]?.split("/").at(-1) ?? "";
  const interpreter = interpreters.find(({ name }) => name.test(program));
  if (interpreter === undefined) return undefined;
  // Everything after the first word that is not an option belongs to the program that the
  // interpreter runs.
  const end = words.findIndex((word, i) => i > first && (!word.startsWith("-") || interpreter.option.test(word)));
  return end !== -1 && interpreter.option.test(words[end]!) ? end + 1 : undefined;
}
