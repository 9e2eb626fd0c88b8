import { statusSigns, type StageState } from "../schemas/run.js";
import type { Board } from "./board.js";
import { statusOf } from "./board.js";

/** The run as the Temporal UI shows it (markdown): how it stands, what waits for an answer, and every stage. */
export function summary(board: Board): string {
  const stages = board.list();
  const ended = stages.filter(({ status }) => status === "succeeded" || status === "cached").length;
  const parked = stages.filter(({ status }) => status === "parked");
  return [
    `**${board.plan.name}**: ${statusOf(board)}, ${ended} of ${stages.length} stages succeeded`,
    ...parked.map(askForAnswer),
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

function row({ id, uses, status, attempts, failure, reason }: StageState): string {
  const note = status === "parked" ? (failure?.code ?? "") : (reason ?? failure?.message ?? "");
  const cell = note.split("\n", 1)[0]!.replaceAll("|", "\\|");
  return `| ${statusSigns[status]} | ${id} | ${uses} | ${status} | ${attempts} | ${cell} |`;
}
