import { withServerErrors } from "../../api/servers/grpc.js";
import { newRunId } from "../../api/acting/run-id.js";
import { startRun, startUnsigned } from "../../api/acting/start-run.js";
import { PawlError } from "../../platform/errors.js";
import type { Plan } from "../../schemas/plan.js";
import type { RunRequest } from "../../schemas/run.js";
import { codeSettings, type StageType, type StageWith } from "../../schemas/stages/index.js";
import { allowInlineCode } from "../../worker/authority/requests.js";
import { codeNotAllowed } from "../../worker/project/project-directory.js";
import type { StudioContext } from "./context.js";

/** The visitor who starts a run from the page. */
export interface Starter {
  /** Has the key of the home directory, as `pawl run` has; see isOwner. */
  isOwner: boolean;
  /** The definition is a file of the project, or one that Pawl ships, without a change. */
  isFile: boolean;
}

/**
 * Starts a run, signed if its starter is the owner or if the definition is a file of the project:
 * as if that was named. Any other run is started without a signature, whose code the workers
 * refuse; here it is refused before anything runs.
 * @returns the run's id
 * @throws PawlError CODE_NOT_ALLOWED, SERVER_UNREACHABLE
 */
export async function startDefinition(
  { home, link, startServer }: StudioContext,
  request: RunRequest,
  plan: Plan,
  { isOwner, isFile }: Starter,
  priority?: number,
): Promise<string> {
  const isSigned = isOwner || isFile;
  if (!isSigned && process.env[allowInlineCode] !== "1") refuseCode(plan);
  if ((await link.current()) === undefined) await startServer?.();
  const server = await link.required();
  const runId = newRunId(plan.name);
  await withServerErrors(server, () =>
    isSigned ? startRun(server, home, runId, request, priority) : startUnsigned(server, runId, request, priority),
  );
  return runId;
}

/** @throws PawlError CODE_NOT_ALLOWED */
export function refuseCode(plan: Plan): void {
  for (const { id, uses, with: settings } of plan.stages) {
    const [code] = codeSettings(uses, settings as StageWith<StageType>);
    if (code === undefined) continue;
    const { message, facts } = codeNotAllowed(`stages.${id}: with.${code}`);
    const next = `open the address that \`pawl studio\` prints, which has its token; or ${facts.next}`;
    throw new PawlError("CODE_NOT_ALLOWED", message, { ...facts, got: "a definition from the page", next });
  }
}
