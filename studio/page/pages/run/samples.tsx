import type { SamplesMessage } from "../../../messages.js";
import { stageAddress } from "../../address.js";
import { Empty, FailureNotice, Loading, Note } from "../../components/basics.js";
import { WideTable } from "../../components/wide-table.js";
import { useLoaded } from "../../send.js";
import type { ShownRun } from "./shown-run.js";

/** Characters of a response that a cell shows before it is opened. */
const shownCharacters = 600;

/** The same questions down the side, stages across, responses in the cells. */
export function Samples({ head, stages }: ShownRun) {
  const ended = stages.filter(({ status }) => status === "succeeded" || status === "cached").length;
  const { value, failure } = useLoaded<SamplesMessage>(`/api/runs/${encodeURIComponent(head.run)}/samples`, ended);
  if (failure) return <FailureNotice failure={failure} />;
  if (value === undefined) return <Loading />;
  const { samples, problems } = value;
  const columns = [...new Set(samples.map(({ stage }) => stage))];
  const prompts = [...new Set(samples.map(({ prompt }) => prompt))];
  const texts = new Map(samples.map(({ stage, prompt, text }) => [JSON.stringify([stage, prompt]), text]));
  return (
    <>
      {problems.length > 0 && <Note>{problems.join("; ")}</Note>}
      {samples.length === 0 ? (
        <Empty title="No stage has written samples yet.">
          <p class="muted">
            <code>evaluate</code> and <code>generate</code> stages with <code>prompts</code> write them.
          </p>
        </Empty>
      ) : (
        <WideTable
          label="Samples"
          class="samples"
          head={["prompt", ...columns.map((stage) => <a href={stageAddress(head.run, stage)}>{stage}</a>)]}
        >
          {prompts.map((prompt) => (
            <tr key={prompt}>
              <th scope="row" class="text">
                {prompt}
              </th>
              {columns.map((stage, i) => (
                <td key={stage} data-title={stage}>
                  <Response
                    text={texts.get(JSON.stringify([stage, prompt]))}
                    before={i === 0 ? undefined : texts.get(JSON.stringify([columns[i - 1], prompt]))}
                  />
                </td>
              ))}
            </tr>
          ))}
        </WideTable>
      )}
    </>
  );
}

/** What a model wrote, as text: nothing in it is markup. */
function Response({ text, before }: { text: string | undefined; before: string | undefined }) {
  if (text === undefined) return null;
  if (text.trim() === "") return <i class="muted">(blank)</i>;
  if (text === before) return <span class="muted">as before</span>;
  const trimmed = text.trim();
  if (trimmed.length <= shownCharacters) return <div class="text">{trimmed}</div>;
  return (
    <details>
      <summary class="text">{trimmed.slice(0, shownCharacters)}…</summary>
      <div class="text">{trimmed.slice(shownCharacters)}</div>
    </details>
  );
}
