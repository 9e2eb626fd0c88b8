import type { ChoiceView } from "../../people-messages.js";
import { runAddress } from "../address.js";
import { shortNumber } from "../../../report/values.js";
import { Empty } from "./basics.js";

/**
 * Shown to a person who has nothing left to choose: the request is closed, or other people still
 * have to choose.
 */
export function ChoiceEnd({ view }: { view: ChoiceView }) {
  const { isClosed, run, mine, chosen, target, agreement } = view;
  return (
    <>
      <Empty title={isClosed ? "The choices are made: the run continues with them." : "You have chosen everywhere."}>
        <p class="muted">
          {isClosed
            ? `${mine} of the choices are yours.`
            : `${target - chosen} of ${target} still need the choices of other people.`}
        </p>
        <p class="links">
          <a href={runAddress(run)}>The run</a>
          <a href="/waiting">What else waits</a>
        </p>
      </Empty>
      {agreement !== undefined && agreement.items > 0 && (
        <dl class="values agreement">
          <div>
            <dt>items with several people</dt>
            <dd>{agreement.items}</dd>
          </div>
          {agreement.same !== undefined && (
            <div>
              <dt>the same choice</dt>
              <dd>{Math.round(100 * agreement.same)} %</dd>
            </div>
          )}
          {agreement.kappa !== undefined && (
            <div>
              <dt>{agreement.people === 2 ? "Cohen's kappa" : "Fleiss' kappa"}</dt>
              <dd title="0: as by chance, 1: always the same">{shortNumber(agreement.kappa)}</dd>
            </div>
          )}
          <div>
            <dt>you and others</dt>
            <dd>
              {agreement.own.same} of {agreement.own.choices} the same
            </dd>
          </div>
        </dl>
      )}
    </>
  );
}
