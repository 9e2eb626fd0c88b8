import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Graph } from "../../graph/graph.js";
import type { DictionaryEntry } from "../../formats/dictionary.js";
import { openCharts, short, type Charts } from "./charts.js";
import { maxRanked, rankCorrelations } from "./correlation.js";
import { drawing, maxDrawn } from "./drawing.js";
import { escapeHtml } from "../escape.js";
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
export async function writePage(directory: string, content: PageContent): Promise<void> {
  const charts = await openCharts();
  const sections = [
    heading(content),
    content.graph.nodes <= maxDrawn ? picture(content) : "",
    distributions(content.features.slice(0, maxShown), content.features.length, charts),
    correlations(content.features, content.graph.nodes, charts),
  ];
  const page = [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>Graph features</title>\n<style>${style}</style>\n</head>\n<body>`,
    ...sections.filter((section) => section !== ""),
    "</body>\n</html>\n",
  ];
  await writeFile(join(directory, "page.html"), page.join("\n"));
}

function heading({ description, counts, features }: PageContent): string {
  const metrics = Object.entries({ ...counts, features: features.length }).map(
    ([name, value]) =>
      `<li><b>${value.toLocaleString("en")}</b><span class="dim">${escapeHtml(words(name))}</span></li>`,
  );
  return `<h1>Graph features</h1>\n<p class="dim">${escapeHtml(description)}</p>\n<ul class="metrics">${metrics.join("")}</ul>`;
}

/** `unknownEdges` → unknown edges. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function picture({ graph, labels, groups }: PageContent): string {
  const told = `<p class="dim">Size: number of edges. Color: ${escapeHtml(groups.what)}. The nodes with the most edges are labeled.</p>`;
  return `<h2>Graph</h2>\n<div class="wide">${drawing(graph, labels, groups.values)}</div>\n${told}`;
}

function distributions(shown: readonly ShownFeature[], count: number, charts: Charts): string {
  const cards = shown.map((feature) => card(feature, charts));
  const rest = count > shown.length ? `<p class="dim">The first ${shown.length} of ${count} features.</p>` : "";
  return `<h2>Distributions</h2>\n<div class="cards">\n${cards.join("\n")}\n</div>${rest}`;
}

function card({ entry, values }: ShownFeature, charts: Charts): string {
  const spread = histogram(values);
  const constant = spread.least === spread.largest;
  const facts = [
    ...(constant ? [`${short(spread.largest)}, the same for all nodes`] : []),
    ...(constant ? [] : [`median ${short(spread.median)}`, `largest ${short(spread.largest)}`]),
    ...(spread.logarithmic ? ["logarithmic scale"] : []),
    ...(spread.apart > 0 ? [`${spread.apart.toLocaleString("en")} at 0`] : []),
    ...(spread.missing > 0 ? [`${spread.missing.toLocaleString("en")} missing`] : []),
  ];
  const known = spread.missing < values.length;
  return [
    `<div class="card"><h3>${escapeHtml(entry.name)}</h3><p>${escapeHtml(entry.meaning)}</p>`,
    `<p class="dim">${known ? facts.join(" · ") : "no values"}</p>${known && !constant ? charts.bars(spread) : ""}</div>`,
  ].join("\n");
}

function correlations(features: readonly ShownFeature[], nodes: number, charts: Charts): string {
  const varied = features.filter(({ values }) => new Set(values.subarray(0, 10_000)).size > 1).slice(0, maxCorrelated);
  if (varied.length < 2) return "";
  const values = rankCorrelations(varied.map((feature) => feature.values));
  const map = charts.heatMap(
    varied.map(({ entry }) => entry.name),
    values,
  );
  const of = nodes > maxRanked ? ` of ${maxRanked.toLocaleString("en")} nodes, evenly spaced` : "";
  const told = `<p class="dim">Spearman's rank correlation${of}: blue is positive, red is negative. Strongly correlated
features add little to each other in a model.</p>`;
  return `<h2>Rank correlations</h2>\n<div class="wide">${map}</div>\n${told}`;
}
