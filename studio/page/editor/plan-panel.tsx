import type { CheckMessage, PlanMessage } from "../../definition-messages.js";
import { FailureNotice, Loading } from "../components/basics.js";
import type { Answered } from "./checking.js";
import { PlanTable } from "./plan-table.js";

interface PlanPanelProps {
  plan: Answered<PlanMessage>;
  check: CheckMessage | undefined;
  /** The plan is of the text as it is. */
  isSound: boolean;
}

/** What would happen to each stage if the definition were started now. */
export const PlanPanel = ({ plan, check, isSound }: PlanPanelProps) => (
  <section class="panel plan-panel" aria-label="Plan">
    <h2>
      Plan <span class="muted">{plan.value && (!isSound ? "· of an earlier text" : plan.isOld && "· updating…")}</span>
    </h2>
    {plan.failure ? (
      <FailureNotice failure={plan.failure} />
    ) : plan.value ? (
      <PlanTable {...plan.value} />
    ) : check && check.errors.length > 0 ? (
      <p class="muted">The plan is shown once the definition has no mistakes.</p>
    ) : (
      <Loading lines={3} />
    )}
  </section>
);
