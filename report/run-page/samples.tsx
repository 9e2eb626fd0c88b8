import type { StageSample } from "../run/samples.js";
import { Table } from "./table.js";

/** Characters of a sample that are shown. */
const longestSample = 600;

/** What the models wrote: a row for each prompt, a column for each stage; a text that the stage before wrote, too, is dim. */
export function Samples({ samples }: { samples: readonly StageSample[] }) {
  const stages = [...new Set(samples.map(({ stage }) => stage))];
  const prompts = [...new Set(samples.map(({ prompt }) => prompt))];
  const texts = new Map(samples.map(({ stage, prompt, text }) => [JSON.stringify([stage, prompt]), text]));
  const rows = prompts.map((prompt) => {
    const written = stages.map((stage) => texts.get(JSON.stringify([stage, prompt])));
    return [
      <SampleText text={prompt} />,
      ...written.map((text, i) => <Response text={text} before={i === 0 ? undefined : written[i - 1]} />),
    ];
  });
  return (
    <>
      <h2 id="samples">Samples</h2>
      <Table
        caption="What the models of these stages wrote for the same prompts"
        columns={["prompt", ...stages]}
        rows={rows}
      />
    </>
  );
}

function Response({ text, before }: { text: string | undefined; before: string | undefined }) {
  if (text === undefined) return <span class="muted">–</span>;
  if (text !== before) return <SampleText text={text} />;
  return (
    <div class="text same">
      {cut(text)} <i>(as before)</i>
    </div>
  );
}

/** A model's text, as text. */
export const SampleText = ({ text }: { text: string }) =>
  text.trim() === "" ? <i class="muted">(blank)</i> : <div class="text">{cut(text)}</div>;

function cut(text: string): string {
  const trimmed = text.trim();
  const rest = trimmed.length - longestSample;
  return rest > 0 ? `${trimmed.slice(0, longestSample)}… (${rest} more characters)` : trimmed;
}
