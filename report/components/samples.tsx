import type { StageSample } from "../run/samples.js";
import { Table } from "./table.js";

/** Characters of a sample that are shown at once, and behind a click. */
const sampleLengths = { first: 600, more: 6000 };

/** A model's text, as text: nothing in it is markup. */
export function SampleText({ text }: { text: string }) {
  const trimmed = text.trim();
  if (trimmed === "") return <i class="muted">(blank)</i>;
  if (trimmed.length <= sampleLengths.first) return <div class="text">{trimmed}</div>;
  const left = trimmed.length - sampleLengths.first - sampleLengths.more;
  return (
    <details>
      <summary class="text">{trimmed.slice(0, sampleLengths.first)}…</summary>
      <div class="text">
        {trimmed.slice(sampleLengths.first, sampleLengths.first + sampleLengths.more)}
        {left > 0 && `… (${left.toLocaleString("en-US")} more characters)`}
      </div>
    </details>
  );
}

interface SamplesTableProps {
  samples: readonly StageSample[];
  /** The address of a stage; absent: there is none. */
  linkTo?: (stage: string) => string;
}

/** What the models of a run wrote: a row for each prompt, a column for each stage. */
export function SamplesTable({ samples, linkTo }: SamplesTableProps) {
  const stages = [...new Set(samples.map(({ stage }) => stage))];
  const prompts = [...new Set(samples.map(({ prompt }) => prompt))];
  const texts = new Map(samples.map(({ stage, prompt, text }) => [JSON.stringify([stage, prompt]), text]));
  const rows = prompts.map((prompt) => {
    const written = stages.map((stage) => texts.get(JSON.stringify([stage, prompt])));
    return [
      <SampleText text={prompt} />,
      ...written.map((text, i) =>
        text === undefined ? (
          "–"
        ) : i > 0 && text === written[i - 1] ? (
          <span class="muted">as before</span>
        ) : (
          <SampleText text={text} />
        ),
      ),
    ];
  });
  const columns = stages.map((title) => (linkTo ? { title, head: <a href={linkTo(title)}>{title}</a> } : title));
  return (
    <Table
      label="What the models of these stages wrote for the same prompts"
      class="samples"
      columns={["prompt", ...columns]}
      rows={rows}
    />
  );
}
