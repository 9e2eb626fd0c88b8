import { Sign } from "../../../report/components/sign.js";
import type { LocatedError } from "../../../compiler/errors.js";
import type { CheckMessage } from "../../definition-messages.js";
import { FailureNotice } from "../components/basics.js";
import { counted } from "../text.js";
import type { Answered } from "./checking.js";

/** What is wrong, in the order of the text; a click goes there. */
export function Problems({ check, onOpen }: { check: Answered<CheckMessage>; onOpen: (error: LocatedError) => void }) {
  const { value, failure, isOld } = check;
  if (failure) return <FailureNotice failure={failure} />;
  if (value === undefined) return <p class="problems-head muted">checking…</p>;
  const { errors, warnings } = value;
  const head =
    errors.length > 0
      ? counted(errors.length, "mistake")
      : `no mistakes${warnings.length > 0 ? `, ${counted(warnings.length, "warning")}` : ""}`;
  return (
    <div class="problems" aria-live="polite">
      <p class={`problems-head ${errors.length > 0 ? "is-bad" : "is-ok"}`}>
        <Sign shape={errors.length > 0 ? "cross" : "tick"} /> {head} {isOld && <span class="muted">· checking…</span>}
      </p>
      <ol class="plain">
        {[...errors, ...warnings].map((error, i) => (
          <li key={i}>
            <button type="button" class="problem" onClick={() => onOpen(error)}>
              <span class="mono muted">
                {error.line}:{error.column}
              </span>
              <span class="text">
                {error.message}
                {error.expected !== undefined && <span class="muted"> · expected: {error.expected}</span>}
                {error.next !== "" && <span class="muted"> · next: {error.next}</span>}
              </span>
              <span class="mono muted">{error.code}</span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
