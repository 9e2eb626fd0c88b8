import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph } from "../../graph/graph.js";
import type { DictionaryEntry } from "../../formats/dictionary.js";
import { documentText } from "../run-page/document.js";
import { FeatureChart, HeatMap } from "./charts.js";
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
  writeFile(join(directory, "page.html"), pageText(content));

function pageText({ description, counts, features, graph, labels, groups }: PageContent): string {
  const varied = features.filter(({ values }) => new Set(values.subarray(0, 10_000)).size > 1).slice(0, maxCorrelated);
  const network = (
    <>
      <Drawing graph={graph} labels={labels} groups={groups.values} />
      <p class="muted">Size: number of edges. Color: {groups.what}. The nodes with the most edges are labeled.</p>
    </>
  );
  return documentText({
    ...{ title: "Graph features", extraStyle: style },
    heading: <Heading description={description} counts={{ ...counts, features: features.length }} />,
    sections: [
      graph.nodes <= maxDrawn && { id: "graph", title: "Graph", content: network },
      { id: "distributions", title: "Distributions", content: <Distributions features={features} /> },
      varied.length > 1 && {
        ...{ id: "correlations", title: "Rank correlations" },
        content: <Correlations features={varied} nodes={graph.nodes} />,
      },
    ],
  });
}

const Heading = ({ description, counts }: Pick<PageContent, "description" | "counts">) => (
  <>
    <h1>Graph features</h1>
    <p class="muted">{description}</p>
    <dl class="numbers">
      {Object.entries(counts).map(([name, value]) => (
        <div>
          <dt>{words(name)}</dt>
          <dd>
            <b>{value.toLocaleString("en")}</b>
          </dd>
        </div>
      ))}
    </dl>
  </>
);

/** `unknownEdges` → unknown edges. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

const Distributions = ({ features }: Pick<PageContent, "features">) => (
  <>
    <div class="charts">
      {features.slice(0, maxShown).map(({ entry: { name, meaning }, values }) => (
        <FeatureChart name={name} meaning={meaning} histogram={histogram(values)} />
      ))}
    </div>
    {features.length > maxShown && (
      <p class="muted">
        The first {maxShown} of {features.length} features.
      </p>
    )}
  </>
);

const Correlations = ({ features, nodes }: { features: readonly ShownFeature[]; nodes: number }) => (
  <>
    <div class="wide">
      <HeatMap
        names={features.map(({ entry }) => entry.name)}
        values={rankCorrelations(features.map(({ values }) => values))}
      />
    </div>
    <p class="muted">
      Spearman's rank correlation
      {nodes > maxRanked && ` of ${maxRanked.toLocaleString("en")} nodes, evenly spaced`}: blue is positive, orange is
      negative. Strongly correlated features add little to each other in a model.
    </p>
  </>
);
