import { readFileSync } from "node:fs";
import path from "node:path";
import { CommanderError } from "commander";
import { buildProgram } from "../../../cli/program.js";
import { packageRoot } from "../../../platform/program/locations.js";
import { documents } from "../../support/documents.js";
import { recordedTerminal } from "../../support/terminal.js";

/**
 * Every command in the documents is one that the command line takes: verb, options and number of
 * arguments.
 */
const all = documents();
const lines = all.flatMap(({ blocks }) =>
  blocks
    .filter(({ language }) => language === "sh")
    .flatMap(({ where, content }) => content.split("\n").map((line) => ({ where, line }))),
);
const spans = all.flatMap(({ name, code }) => code.map((line) => ({ where: name, line })));

const pawl = /^(?:\w+=\S+ )*(?:npx )?pawl (?=\S)/;
interface Place {
  where: string;
  line: string;
}
const commandsOf = (places: Place[]) => places.filter(({ line }) => pawl.test(line)).flatMap(variants);

/**
 * One command for each way to read `[--csv | --json]`; what stands in brackets may be left out,
 * too.
 */
function variants({ where, line }: Place) {
  const text = line.replaceAll("\\|", "|").replace(" [options]", "");
  const groups = text.match(/\[[^\]]*\]/g) ?? [];
  const alternatives = Math.max(1, ...groups.map((group) => group.split("|").length));
  const filled = Array.from({ length: alternatives }, (_, i) =>
    text.replaceAll(/\[([^\]]*)\]/g, (_group, inner: string) => (inner.split("|")[i] ?? inner.split("|")[0]!).trim()),
  );
  const left = groups.length > 0 ? [text.replaceAll(/\s*\[[^\]]*\]/g, "")] : [];
  return [...filled, ...left].map((command) => ({ where, command }));
}

/** The words of a shell command after `pawl`, up to a comment, a pipe or a redirection. */
function words(command: string): string[] {
  const rest = command.replace(pawl, "").split(/ # | {2}#| \| | < | > | && /)[0]!;
  return Array.from(rest.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g), ([, single, double, bare]) => {
    return single ?? double ?? bare!;
  });
}

/**
 * In a sentence, `pawl retry --set` names a verb and its option: what follows them may be missing.
 */
const namesOnly = new Set([
  "commander.missingArgument",
  "commander.optionMissingArgument",
  "commander.invalidArgument",
]);

/**
 * @param inSentence whether the command may leave out what the reader knows
 * @throws CommanderError where the command line does not take it
 */
async function parsed(command: string, inSentence: boolean): Promise<void> {
  const args = words(command);
  const program = await buildProgram(args[0], recordedTerminal());
  const verb = program.commands.find((one) => one.name() === args[0]);
  const inner = verb?.commands.find((one) => one.name() === args[1]);
  const target = inner ?? verb;
  target?.action(() => undefined);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const known = target?.options.flatMap(({ short, long }) => [short, long]) ?? [];
    const options = args.filter((word) => word.startsWith("-")).map((word) => word.split("=")[0]);
    const isName = inSentence && namesOnly.has(error.code) && options.every((option) => known.includes(option));
    if (!isName && error.exitCode !== 0 && error.code !== "commander.help") throw error;
  }
}

const unique = (places: ReturnType<typeof commandsOf>) => [
  ...new Map(places.map((one) => [`${one.where} ${one.command}`, one])).values(),
];
const [typed, named] = [unique(commandsOf(lines)), unique(commandsOf(spans))];

test("the documents have commands", () => {
  expect(typed.length).toBeGreaterThan(30);
  expect(named.length).toBeGreaterThan(100);
});

test.each(typed)("$where: $command", async ({ command }) => {
  await expect(parsed(command, false)).resolves.toBeUndefined();
});

test.each(named)("$where names $command", async ({ command }) => {
  await expect(parsed(command, true)).resolves.toBeUndefined();
});

test.each([
  ["pawl unknown x", true],
  ["pawl run tiny --unknown", true],
  ["pawl retry --unknown", true],
  ["pawl list x", true],
  ["pawl retry RUN", false],
])("%s would be found out", async (command, inSentence) => {
  await expect(parsed(command, inSentence)).rejects.toThrow();
});

const { scripts } = JSON.parse(readFileSync(path.join(packageRoot(), "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
const npm = [...lines, ...spans].flatMap(({ where, line }) =>
  Array.from(line.matchAll(/\bnpm (?:run ([\w:-]+)|(test)\b)/g), ([, run, test]) => ({ where, script: run ?? test! })),
);

test.each(npm)("$where: npm has the script $script", ({ script }) => {
  expect(scripts).toHaveProperty([script]);
});

const benches = [...lines, ...spans].flatMap(({ where, line }) =>
  Array.from(line.matchAll(/\bnpm run bench -- ([a-z][\w-]*)/g), ([, bench]) => ({ where, bench: bench! })),
);

test.each(benches)("$where: there is a bench $bench", ({ bench }) => {
  expect(() => readFileSync(path.join(packageRoot(), "bench", `${bench}.ts`))).not.toThrow();
});
