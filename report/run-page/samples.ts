import { markup, htmlTable, type Html } from "../html.js";
import type { StageSample } from "../run/samples.js";

/** Characters of a sample that are shown. */
const longestSample = 600;

/** What the models wrote: a row for each prompt, a column for each stage; a text that the stage before wrote, too, is dim. */
export function samplesTable(samples: readonly StageSample[]): Html {
  const stages = [...new Set(samples.map(({ stage }) => stage))];
  const prompts = [...new Set(samples.map(({ prompt }) => prompt))];
  const texts = new Map(samples.map(({ stage, prompt, text }) => [JSON.stringify([stage, prompt]), text]));
  const rows = prompts.map((prompt) => {
    const written = stages.map((stage) => texts.get(JSON.stringify([stage, prompt])));
    return [sampleText(prompt), ...written.map((text, i) => answer(text, i === 0 ? undefined : written[i - 1]))];
  });
  const columns = [{ title: "prompt" }, ...stages.map((title) => ({ title }))];
  return htmlTable("What the models of these stages wrote for the same prompts", columns, rows);
}

function answer(text: string | undefined, before: string | undefined): Html {
  if (text === undefined) return markup`<span class="muted">–</span>`;
  if (text === before) return markup`<div class="text same">${cut(text)} <i>(as before)</i></div>`;
  return sampleText(text);
}

/** A model's text, as text. */
export const sampleText = (text: string): Html =>
  text.trim() === "" ? markup`<i class="muted">(blank)</i>` : markup`<div class="text">${cut(text)}</div>`;

function cut(text: string): string {
  const trimmed = text.trim();
  const rest = trimmed.length - longestSample;
  return rest > 0 ? `${trimmed.slice(0, longestSample)}… (${rest} more characters)` : trimmed;
}
