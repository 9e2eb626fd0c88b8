import { canonicalJson } from "../../platform/text/canonical-json.js";
import { sha256 } from "../../platform/digests.js";
import { stagesToRun } from "../../schemas/matrix.js";
import type { Plan, PlannedStage } from "../../schemas/plan.js";
import { keyFile } from "../../store/ownership/home-key.js";
import { findPlan, planFile } from "../../store/records/runs.js";
import { fileStamp } from "../../store/ownership/stamp.js";
import { matches, sign } from "./sign.js";

/**
 * Grants a plan the use of its project directory, and the right to run code. Only the store keeps
 * the grant.
 */
export function grantPlan(home: string, runId: string, plan: Plan): Plan {
  const digest = planDigest(plan);
  return { ...plan, grant: { plan: digest, signature: grantSignature(home, runId, plan.project, digest) } };
}

/** Whether a plan has a valid grant for this run. */
export function isGrantedPlan(home: string, runId: string, plan: Plan): boolean {
  const { grant, project } = plan;
  const digest = planDigest(plan);
  return grant?.plan === digest && matches(grantSignature(home, runId, project, digest), grant.signature);
}

/** SHA-256 (hex) of a plan, whatever it is granted. */
export function planDigest(plan: Plan): string {
  return sha256(canonicalJson(withoutGrant(plan)));
}

/**
 * Removes the grant from a plan that leaves the store: histories, queries and run files have no
 * grant.
 */
export function withoutGrant({ grant: _, ...plan }: Plan): Plan {
  return plan;
}

function grantSignature(home: string, runId: string, project: string | undefined, plan: string): string {
  return sign(home, "grant", runId, { project, plan });
}

/**
 * The plan of a run as the store has it, and what it may do. Whatever a message says of a plan is
 * compared with it.
 */
export interface SealedPlan {
  plan: Plan;
  /** SHA-256 (hex) of the plan. */
  digest: string;
  /** Whether it may use its project directory on every worker and run code. */
  mayRunCode: boolean;
  /** Its stages by id, each combination of a matrix, and a list as one stage. */
  stages: ReadonlyMap<string, PlannedStage>;
}

/** Plans that this process remembers: of runs under way, each of which prepares many stages. */
const known = new Map<string, SealedPlan & { stamp: string | undefined }>();
const maxKnown = 64;

/**
 * A run's plan from the store.
 * @returns undefined if the store has none
 * @throws PawlError STORE_UNREADABLE
 */
export async function sealedPlan(home: string, runId: string): Promise<SealedPlan | undefined> {
  const name = JSON.stringify([home, runId]);
  const stamp = planStamp(home, runId);
  const remembered = known.get(name);
  if (stamp !== undefined && remembered?.stamp === stamp) return remembered;
  known.delete(name);
  const plan = await findPlan(home, runId);
  if (plan === undefined) return undefined;
  const sealed = {
    plan: withoutGrant(plan),
    digest: planDigest(plan),
    mayRunCode: isGrantedPlan(home, runId, plan),
    stages: new Map(stagesToRun(plan.stages).map((stage) => [stage.id, stage])),
    stamp,
  };
  known.set(name, sealed);
  const [oldest] = known.keys();
  if (known.size > maxKnown) known.delete(oldest!);
  return sealed;
}

/** A grant's validity depends on the home's key as well. */
function planStamp(home: string, runId: string): string | undefined {
  const [plan, key] = [fileStamp(planFile(home, runId)), fileStamp(keyFile(home))];
  return plan === undefined ? undefined : `${plan}, ${key ?? "no key"}`;
}
