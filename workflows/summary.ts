import { chosenOf, type Asking } from "../schemas/ask.js";
import { statusSigns, type StageState } from "../schemas/run.js";
import type { Board } from "./board.js";
import { statusOf } from "./board.js";

/** The run as the Temporal UI shows it (markdown): how it stands, what waits for an answer, and every stage. */
export function summary(board: Board, runId: string): string {
  const stages = board.list();
  const ended = stages.filter(({ status }) => status === "succeeded" || status === "cached").length;
  const parked = stages.filter(({ status }) => status === "parked");
  return [
    `**${board.plan.name}**: ${statusOf(board)}, ${ended} of ${stages.length} stages succeeded`,
    ...parked.map(askForAnswer),
    ...stages.flatMap((stage) => askForChoices(stage, runId)),
    "| | stage | uses | status | attempts | |",
    "|-|-|-|-|-|-|",
    ...stages.map(row),
  ].join("\n");
}

function askForAnswer({ id, failure }: StageState): string {
  const argument = `{"stage": "${id}"}`;
  return [
    `### ⏸ ${id} is parked`,
    ...(failure
      ? [`${failure.code}: ${failure.message}`, ...(failure.facts.next ? [`next: ${failure.facts.next}`] : [])]
      : []),
    `Answer with the update \`retry\` (\`{"stage": "${id}", "with": {…}}\` changes its settings), \`skip\` or \`abort\` (\`${argument}\`).`,
  ].join("\n\n");
}

function askForChoices({ id, status, asking }: StageState, runId: string): string[] {
  if (status !== "asking" || !asking) return [];
  return [
    `### ? ${id} asks which response is preferred: ${progress(asking)}\n\n` +
      `Run \`pawl choose ${runId}\`, which shows them, or send the update \`choose\` ` +
      `(\`{"stage": "${id}", "item": 1, "choice": "first"}\`); \`withdraw\` takes a choice back, \`close\` goes on with what there is.`,
  ];
}

const progress = (asking: Asking): string => `${chosenOf(asking)} of ${asking.target}`;

function row({ id, uses, status, attempts, failure, reason, asking }: StageState): string {
  const note =
    status === "parked"
      ? (failure?.code ?? "")
      : status === "asking" && asking
        ? progress(asking)
        : (reason ?? failure?.message ?? "");
  const cell = note.split("\n", 1)[0]!.replaceAll("|", "\\|");
  return `| ${statusSigns[status]} | ${id} | ${uses} | ${status} | ${attempts} | ${cell} |`;
}
