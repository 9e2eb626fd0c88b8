import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph } from "../../graph/graph.js";
import type { DictionaryEntry } from "../../formats/dictionary.js";
import { short } from "../components/axis.js";
import { htmlText } from "../html-text.js";
import { Bars, HeatMap } from "./charts.js";
import { maxRanked, rankCorrelations } from "./correlation.js";
import { Drawing, maxDrawn } from "./drawing.js";
import { histogram } from "./histogram.js";
import { style } from "./style.js";

/** A feature with its values. */
export interface ShownFeature {
  entry: DictionaryEntry;
  values: Float64Array;
}

export interface PageContent {
  description: string;
  /** Counts by name: nodes, edges, and what was left out. */
  counts: Record<string, number>;
  features: readonly ShownFeature[];
  graph: Graph;
  /** [nodes] */
  labels: readonly string[];
  /** [nodes] numbers of the groups that colors show, and what the groups are. */
  groups: { values: ArrayLike<number>; what: string };
}

/** More than these cannot be distinguished in a picture. */
const maxCorrelated = 48;
const maxShown = 120;

/** Writes page.html: one self-contained file. The same content gives the same bytes. */
export const writePage = (directory: string, content: PageContent): Promise<void> =>
  writeFile(join(directory, "page.html"), htmlText(<Page {...content} />));

const Page = ({ description, counts, features, graph, labels, groups }: PageContent) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>Graph features</title>
      <style dangerouslySetInnerHTML={{ __html: style }} />
    </head>
    <body>
      <h1>Graph features</h1>
      <p class="dim">{description}</p>
      <ul class="metrics">
        {Object.entries({ ...counts, features: features.length }).map(([name, value]) => (
          <li>
            <b>{value.toLocaleString("en")}</b>
            <span class="dim">{words(name)}</span>
          </li>
        ))}
      </ul>
      {graph.nodes <= maxDrawn && (
        <>
          <h2>Graph</h2>
          <div class="wide">
            <Drawing graph={graph} labels={labels} groups={groups.values} />
          </div>
          <p class="dim">Size: number of edges. Color: {groups.what}. The nodes with the most edges are labeled.</p>
        </>
      )}
      <h2>Distributions</h2>
      <div class="cards">
        {features.slice(0, maxShown).map((feature) => (
          <Card {...feature} />
        ))}
      </div>
      {features.length > maxShown && (
        <p class="dim">
          The first {maxShown} of {features.length} features.
        </p>
      )}
      <Correlations features={features} nodes={graph.nodes} />
    </body>
  </html>
);

/** `unknownEdges` → unknown edges. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function Card({ entry, values }: ShownFeature) {
  const { missing, least, median, largest, logarithmic, apart, bars } = histogram(values);
  const isConstant = least === largest;
  const facts = [
    ...(isConstant
      ? [`${short(largest)}, the same for all nodes`]
      : [`median ${short(median)}`, `largest ${short(largest)}`]),
    ...(logarithmic ? ["logarithmic scale"] : []),
    ...(apart > 0 ? [`${apart.toLocaleString("en")} at 0`] : []),
    ...(missing > 0 ? [`${missing.toLocaleString("en")} missing`] : []),
  ];
  const isKnown = missing < values.length;
  return (
    <div class="card">
      <h3>{entry.name}</h3>
      <p>{entry.meaning}</p>
      <p class="dim">{isKnown ? facts.join(" · ") : "no values"}</p>
      {isKnown && !isConstant && <Bars bars={bars} logarithmic={logarithmic} />}
    </div>
  );
}

function Correlations({ features, nodes }: { features: readonly ShownFeature[]; nodes: number }) {
  const varied = features.filter(({ values }) => new Set(values.subarray(0, 10_000)).size > 1).slice(0, maxCorrelated);
  if (varied.length < 2) return null;
  return (
    <>
      <h2>Rank correlations</h2>
      <div class="wide">
        <HeatMap
          names={varied.map(({ entry }) => entry.name)}
          values={rankCorrelations(varied.map(({ values }) => values))}
        />
      </div>
      <p class="dim">
        Spearman's rank correlation
        {nodes > maxRanked && ` of ${maxRanked.toLocaleString("en")} nodes, evenly spaced`}: blue is positive, red is
        negative. Strongly correlated features add little to each other in a model.
      </p>
    </>
  );
}
