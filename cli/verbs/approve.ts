import type { Client } from "@temporalio/client";
import { findApproval, sendApproval } from "../../api/acting/approve-stage.js";
import { localPerson } from "../../api/acting/person.js";
import { PawlError } from "../../platform/errors.js";
import { isObject, type JsonObject } from "../../platform/json.js";
import type { ApprovalState, ApprovalUpdate } from "../../schemas/approvals.js";
import { homeDirectory } from "../../store/home.js";
import { parseValue, splitAssignment } from "../../api/definitions/assignments.js";
import { withServer } from "../connect.js";
import { readKey } from "../keyboard.js";
import { collect } from "../options.js";
import { oneLine } from "../render/values.js";
import type { Terminal } from "../terminal.js";
import { duration } from "../../report/values.js";
import type { Verb } from "../verb.js";

interface Options {
  stage?: string;
  yes?: boolean;
  refuse?: boolean;
  comment?: string;
  set: string[];
}

/** `pawl approve RUN`: shows what a stage asks to approve, and sends a person's answer. */
export const approve: Verb = (command, terminal) => {
  command
    .argument("<run>")
    .option("--stage <id>", "the stage, if several wait for an approval")
    .option("--yes", "approve")
    .option("--refuse", "refuse: the stage fails")
    .option("--set <name=value>", "a field of the form; may be repeated", collect, [])
    .option("--comment <text>", "recorded with the answer")
    .action(async (runId: string, options: Options) => {
      if (options.yes && options.refuse)
        throw new PawlError("NOT_ALLOWED", "--yes and --refuse cannot be combined", { next: "use one of them" });
      const home = homeDirectory();
      await withServer(home, terminal, ({ client }) => ask(client, home, runId, options, terminal));
    });
};

async function ask(client: Client, home: string, runId: string, options: Options, terminal: Terminal): Promise<void> {
  const { id, approval } = await findApproval(client, home, runId, options.stage);
  const approved = options.yes ? true : options.refuse ? false : await decided(runId, id, approval, terminal);
  if (approved === undefined) return;
  const { comment, set } = options;
  const fields = set.map((text) => splitAssignment(text, "--set"));
  const answers = Object.fromEntries(fields.map(([name, value]) => [name, parseValue(value)]));
  const update: ApprovalUpdate = { stage: id, approved, by: localPerson(), answers, ...(comment && { comment }) };
  const state = await sendApproval(client, runId, update);
  if (terminal.json) return terminal.out(JSON.stringify({ run: runId, stage: state }));
  terminal.out(`${id}: ${approved ? "approved" : "refused"} by ${update.by}\n  next: pawl watch ${runId}`);
}

/** Shows the question; a key answers it. @returns undefined if the person only looked */
async function decided(
  runId: string,
  stage: string,
  { message, form, approvers, closesAtMs }: ApprovalState,
  terminal: Terminal,
): Promise<boolean | undefined> {
  if (terminal.json) return void terminal.out(JSON.stringify({ run: runId, stage, message, form, approvers }));
  const who = approvers.length === 0 ? "" : `  who: ${approvers.map(oneLine).join(", ")}\n`;
  const until = closesAtMs === undefined ? "" : `  open for: ${duration(closesAtMs - Date.now())}\n`;
  const fields = Object.entries(form).map(([name, schema]) => `  --set ${name}=…  ${fieldText(schema)}\n`);
  terminal.out(`${stage} asks:\n  ${message.split("\n").map(oneLine).join("\n  ")}\n${who}${until}${fields.join("")}`);
  if (!terminal.interactive)
    throw new PawlError("MISSING_KEY", "there is no terminal to read an answer from", {
      expected: "--yes or --refuse",
      next: `pawl approve ${runId} --yes`,
    });
  terminal.note("approve? y: yes, n: refuse, any other key: leave it open");
  const key = await readKey();
  return key === "y" ? true : key === "n" ? false : undefined;
}

function fieldText(schema: unknown): string {
  const { type, description, default: standard } = isObject(schema) ? schema : ({} as JsonObject);
  const given = standard === undefined ? "required" : `default: ${JSON.stringify(standard)}`;
  return [type ?? "any value", description, given].filter(Boolean).map(String).map(oneLine).join("; ");
}
