import type { ArtifactMessage } from "../../messages.js";
import type { FirstRows } from "../../../formats/table.js";
import type { ArtifactNode } from "../../../report/run/artifact-tree.js";
import type { FileContents } from "../../../report/run/contents.js";
import type { Histogram } from "../../../report/run/histogram.js";
import type { ShownDocuments, ShownToken, ShownVocabulary } from "../../../report/run/shown-tokens.js";
import { Table } from "../../../report/components/table.js";
import { short } from "../../../report/components/axis.js";
import { stageAddress } from "../address.js";
import { ArtifactTree } from "../components/artifact-tree.js";
import { Command, Copied, FailureNotice, Loading, Note } from "../components/basics.js";
import { useLoaded } from "../send.js";
import { bytesText, counted } from "../text.js";

/** One artifact: what it is, what is in it, what it was made from, and what was made from it. */
export function ArtifactPage({ params }: { params: Record<string, string> }) {
  const { digest } = params;
  const { value, failure } = useLoaded<ArtifactMessage>(`/api/artifacts/${encodeURIComponent(digest!)}`);
  if (failure) return <FailureNotice failure={failure} title="The artifact cannot be shown." />;
  if (value === undefined) return <Loading />;
  const { kind, files, contents, madeFrom, usedFor } = value;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const { by } = madeFrom;
  return (
    <>
      <div class="heading">
        <h1>
          {kind} <Copied text={value.digest} label={value.digest.slice(0, 12)} what="digest" />
        </h1>
        <span class="muted">
          {counted(files.length, "file")} · {bytesText(bytes)}
        </span>
      </div>
      {by && (
        <p>
          <b>{by.output}</b> of <a href={stageAddress(by.run, by.stage)}>{by.stage}</a> ({by.uses}) in {by.run}
        </p>
      )}
      <div class="columns">
        <Lineage title="Made from" none="No artifact came before it." node={madeFrom} />
        <Lineage title="Used for" none="Nothing in this store was made from it." node={usedFor} />
      </div>
      {contents.map((content) => (
        <section key={content.file} class="panel">
          <h2>{content.file}</h2>
          <Contents content={content} />
        </section>
      ))}
      <section class="panel">
        <h2>Files</h2>
        <ul class="plain">
          {files.map(({ path, size }) => (
            <li key={path}>
              <span class="mono">{path}</span> <span class="muted">{bytesText(size)}</span>
            </li>
          ))}
        </ul>
        <p class="muted">
          <Command text={`inspect ${value.digest.slice(0, 12)}`} />
        </p>
      </section>
    </>
  );
}

const Lineage = ({ title, none, node }: { title: string; none: string; node: ArtifactNode }) => (
  <section class="panel">
    <h2>{title}</h2>
    {node.next.length === 0 ? <p class="muted">{none}</p> : <ArtifactTree node={node} />}
  </section>
);

function Contents({ content }: { content: FileContents }) {
  const { problem, facts, rows, table, tensors, vocabulary, documents } = content;
  return (
    <>
      {problem !== undefined && <Note>{problem}</Note>}
      {facts && (
        <dl class="values">
          {Object.entries(facts).map(([name, fact]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="text">{typeof fact === "string" ? fact : JSON.stringify(fact)}</dd>
            </div>
          ))}
        </dl>
      )}
      {rows && <Rows rows={rows} />}
      {table && <FirstTableRows table={table} />}
      {tensors && <Tensors tensors={tensors} />}
      {vocabulary && <Vocabulary vocabulary={vocabulary} />}
      {documents && <Documents documents={documents} />}
    </>
  );
}

function FirstTableRows({ table: { columns, columnCount, rows, rowCount } }: { table: FirstRows }) {
  const isCut = rowCount === undefined || rowCount > rows.length;
  return (
    <>
      <p class="muted">
        {rowCount !== undefined && `${counted(rowCount, "row")}, `}
        {counted(columnCount, "column")}
        {isCut && `; the first ${counted(rows.length, "row")}`}
        {columnCount > columns.length && `; the first ${counted(columns.length, "column")}`}
      </p>
      <Table
        label="First rows"
        class="list"
        columns={columns.map(({ name, type }) => `${name} (${type})`)}
        rows={rows.map((row) => row.map((value) => value ?? "–"))}
      />
    </>
  );
}

function Tensors({ tensors: { values, count, first } }: { tensors: NonNullable<FileContents["tensors"]> }) {
  return (
    <>
      <p class="muted">
        {values.toLocaleString("en-US")} values in {counted(count, "tensor")}
      </p>
      <Table
        label="Tensors"
        class="list"
        columns={["tensor", "type", "shape", "values"]}
        rows={first.map(({ name, dtype, shape, histogram }) => [
          <span class="mono">{name}</span>,
          dtype,
          <span class="mono">{shape.join(" × ")}</span>,
          histogram && <HistogramChart histogram={histogram} of={elementCount(shape)} />,
        ])}
      />
      {count > first.length && <p class="muted">and {count - first.length} more</p>}
    </>
  );
}

const elementCount = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** The distribution of a tensor's values, and of how many. @param of values of the whole tensor */
function HistogramChart({ histogram: { least, most, counts, values, notFinite }, of }: HistogramProps) {
  const highest = Math.max(...counts);
  const bars = counts.map((count, i) =>
    count === 0 ? "" : `M${3 * i} 24h2V${24 - Math.max(1, (23 * count) / highest)}h-2z`,
  );
  return (
    <span class="histogram">
      <svg viewBox="0 0 120 24" aria-hidden="true">
        <path d={bars.join("")} />
      </svg>
      <span>
        {short(least)} to {short(most)}
        <span class="muted">
          {" "}
          · {values < of && "a sample of "}
          {counted(values, "value")}
        </span>
        {notFinite > 0 && <span class="is-warn"> · {notFinite.toLocaleString("en-US")} not finite</span>}
      </span>
    </span>
  );
}

interface HistogramProps {
  histogram: Histogram;
  of: number;
}

function Vocabulary({ vocabulary: { count, bytes, special, learned } }: { vocabulary: ShownVocabulary }) {
  const all = count - bytes - special;
  return (
    <>
      <p class="muted">
        {counted(count, "token")}: {bytes} single bytes, {all.toLocaleString("en-US")} learned, {special} special.{" "}
        {all > learned.length ? `The first ${learned.length} that were learned:` : "Those that were learned:"}
      </p>
      <ol class="tokens plain" aria-label="Learned tokens">
        {learned.map(({ id, text }) => (
          <li key={id}>
            <span class="muted">{id}</span> <span class="token">{text}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

/** Texts as their tokens, each in a box of its own. */
function Documents({ documents: { count, tokens, first } }: { documents: ShownDocuments }) {
  return (
    <>
      <p class="muted">
        {counted(tokens, "token")} in {counted(count, "document")}
        {count > first.length && `; the first ${first.length}`}. A line feed is ⏎; a byte that is no whole character is
        written as \xe2.
      </p>
      {first.map((document, i) => (
        <p key={i} class="document">
          {document.tokens.map((token, at) => (
            <Token key={at} token={token} />
          ))}
          {document.count > document.tokens.length && (
            <span class="muted"> and {counted(document.count - document.tokens.length, "more token")}</span>
          )}
        </p>
      ))}
    </>
  );
}

function Token({ token: { id, text, isSpecial } }: { token: ShownToken }) {
  return (
    <>
      <span class={isSpecial ? "token is-special" : "token"} title={`token ${id}`}>
        {text}
      </span>
      {text.endsWith("⏎") && <br />}
    </>
  );
}

/** Characters of a row's value that are shown. */
const maxValueLength = 2000;

/** The first rows, their fields as columns if they are objects. */
function Rows({ rows }: { rows: readonly string[] }) {
  const parsed = rows.map(parsedRow);
  const columns = [...new Set(parsed.flatMap((row) => Object.keys(row)))];
  return (
    <Table
      label="Rows"
      class="samples"
      columns={columns}
      rows={parsed.map((row) => columns.map((name) => <div class="text">{formatValue(row[name])}</div>))}
    />
  );
}

function parsedRow(line: string): Record<string, unknown> {
  try {
    const value = JSON.parse(line) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return { row: value };
  } catch {
    return { row: line };
  }
}

function formatValue(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}… (${text.length} characters)` : text;
}
