import { parseHTML } from "linkedom";
import { recordedView } from "../../../../api/reading/known-run.js";
import { histogram } from "../../../../report/graph-page/histogram.js";
import { findKnownRun } from "../../../../report/run/known-run.js";
import { readRunModel, type RunModel } from "../../../../report/run/model.js";
import { comparisonPage } from "../../../../report/run-page/compare.js";
import { runPage } from "../../../../report/run-page/page.js";
import { tokens } from "../../../../report/colors.js";
import { useDirectory } from "../../../support/directory.js";
import { hostileText, makeReportedRun, type ReportedRun } from "../../../support/reported-run.js";

const home = useDirectory();
const written = { nowMs: Date.parse("2026-01-02T03:05:00.000Z"), version: "0.1.0" };

/** The parts of a parsed page that tests look at. */
interface Page {
  querySelector(selector: string): Node | null;
  querySelectorAll(selector: string): Iterable<Node>;
  toString(): string;
}
interface Node extends Page {
  textContent: string;
  tagName: string;
  getAttribute(name: string): string | null;
  children: Iterable<Node>;
}
const parsed = (text: string): Page => (parseHTML(text) as unknown as { document: Page }).document;
const all = (page: Page, selector: string): Node[] => [...page.querySelectorAll(selector)];
/** Shown text: white space of the file is one space. */
const shown = ({ textContent }: Node): string => textContent.replace(/\s+/g, " ").trim();
const textsOf = (page: Page, selector: string): string[] => all(page, selector).map(shown);

async function modelOf(options: ReportedRun = {}): Promise<RunModel> {
  await makeReportedRun(home(), options);
  const run = await findKnownRun(home(), options.runId ?? "poems-1");
  return readRunModel(home(), run!, { buckets: 50, maxPrompts: 5 });
}
const pageOf = async (options: ReportedRun = {}): Promise<string> => runPage(await modelOf(options), written);

test("the page begins with name, status, measurements and samples; then come the sections", async () => {
  const page = parsed(await pageOf());
  expect(textsOf(page, "h1")).toEqual(["poems-1"]);
  expect(shown(page.querySelector(".status")!)).toBe("succeeded");
  expect(shown(page.querySelector(".numbers")!)).toContain("bits 1.5 bits/byte");
  expect(textsOf(page, "h2")).toEqual(["Samples", "Curves", "Evaluation", "Graph", "Stages and times", "Provenance"]);
  const targets = all(page, "nav a").map((link) => link.getAttribute("href")!);
  expect(targets.every((target) => page.querySelector(target) !== null)).toBe(true);
  expect(shown(page.querySelector("#evaluation + .wide")!)).toContain("accuracy 75.0 % (65.0–85.0)");
  expect(shown(page.querySelector("#evaluation + .wide")!)).toContain("one source is not recorded");
});

test("what a model, its data and its author wrote is text", async () => {
  const text = await pageOf();
  const page = parsed(text);
  expect(textsOf(page, "#samples + .wide td .text")).toEqual([hostileText]);
  expect(all(page, "script, iframe, img, link, object, i:not(.muted), main b > script")).toEqual([]);
  expect(text).not.toContain("<script");
  expect(text).toContain("Learns poems &lt;b&gt;by heart&lt;/b&gt;.");
  expect(text).toContain("poems of &lt;i&gt;nobody&lt;/i&gt;");
});

test("the page asks for nothing outside of it, and its policy forbids that", async () => {
  const text = await pageOf();
  expect(text).not.toMatch(/(src|href|url)\s*[=(]\s*["']?(https?:|\/\/)/);
  expect(text).not.toContain("@import");
  const policy = parsed(text).querySelector("meta[http-equiv=Content-Security-Policy]")!.getAttribute("content");
  expect(policy).toContain("default-src 'none'");
});

test("headings are in order, tables have headings with a scope, pictures have words", async () => {
  const page = parsed(await pageOf());
  expect(page.querySelector("html")!.getAttribute("lang")).toBe("en");
  const levels = all(page, "h1, h2, h3, h4").map(({ tagName }) => Number(tagName.slice(1)));
  expect(levels.every((level, i) => level <= (levels[i - 1] ?? 0) + 1)).toBe(true);
  expect(all(page, "th").every((head) => ["col", "row"].includes(head.getAttribute("scope")!))).toBe(true);
  expect(all(page, "table").every((table) => table.querySelector("caption")!.textContent.length > 5)).toBe(true);
  for (const picture of all(page, "svg")) {
    const label = picture.getAttribute("aria-label") ?? picture.getAttribute("aria-labelledby");
    expect(label ?? picture.getAttribute("aria-hidden")).toBeTruthy();
  }
  const ids = all(page, "[id]").map((node) => node.getAttribute("id"));
  expect(new Set(ids).size).toBe(ids.length);
});

test("a curve says in words how it went, with a mark for each checkpoint and each retry", async () => {
  const page = parsed(await pageOf());
  expect(shown(page.querySelector("#c-base-losst")!)).toBe("loss of base by step");
  expect(shown(page.querySelector("#c-base-lossd")!)).toBe(
    "from 4 at step 1 to 2 at step 4, between 2 and 4, 1 checkpoint, resumed at step 2",
  );
  expect(page.querySelector(".retry")!.getAttribute("d")).toMatch(/^M[\d.]+ 124h8l-4-8z$/);
  expect(page.querySelector(".checkpoint")!.getAttribute("d")).toMatch(/v5$/);
});

test("text has a contrast of at least 4.5 in light and dark, on page and panels (WCAG 2.2, 1.4.3)", () => {
  for (const mode of [0, 1] as const)
    for (const ground of [tokens.bg[mode], tokens.panel[mode]])
      for (const name of ["fg", "muted", "accent", "other", "ok", "warn", "bad", "calm"] as const)
        expect([name, mode, contrast(tokens[name][mode], ground) >= 4.5]).toEqual([name, mode, true]);
});

/** WCAG 2.2: contrast ratio of two colors. */
function contrast(one: string, other: string): number {
  const [light, dark] = [one, other].map(luminance).sort((a, b) => b - a);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

test("a run under way has a page of what there is, which says so", async () => {
  const page = parsed(
    await pageOf({
      status: "running",
      losses: [],
      states: { base: { status: "running" }, judged: { outputs: {}, metrics: {}, status: "queued" } },
    }),
  );
  expect(shown(page.querySelector(".notice")!)).toContain(
    "The run had not ended when this was written (2026-01-02 03:05 UTC)",
  );
  expect(shown(page.querySelector(".status")!)).toBe("running");
  expect(textsOf(page, "h2")).not.toContain("Curves");
});

test("a failed stage is explained, however long its message is", async () => {
  const failure = {
    code: "OUT_OF_MEMORY" as const,
    class: "outOfMemory" as const,
    message: `${"x".repeat(100_000)}`,
    facts: { where: "stages.base", next: "use a smaller <batchSize>" },
  };
  const text = await pageOf({ status: "failed", states: { base: { status: "failed", failure } } });
  const notice = parsed(text).querySelector(".notice")!.textContent;
  expect(notice).toContain("base (pretrain) OUT_OF_MEMORY: xxx");
  expect(notice).toContain("next: use a smaller <batchSize>");
});

test("a run that fails in its outputs says why, as does its record", async () => {
  const failure = { code: "BAD_EXPRESSION" as const, message: "outputs: <b>fromJSON</b> got no JSON" };
  const page = parsed(await pageOf({ status: "failed", failure }));
  expect(shown(page.querySelector(".notice.is-error")!)).toBe(`BAD_EXPRESSION ${failure.message}`);
  expect((await recordedView(home(), "poems-1", "no server"))?.failure).toEqual(failure);
});

test("a stage from the cache says whose result it took", async () => {
  const page = parsed(await pageOf({ states: { tokens: { status: "cached", attempts: 0 } } }));
  const row = all(page, "#times ~ .wide tr").find((one) => shown(one).startsWith("tokens"))!;
  expect(shown(row)).toContain("from cache");
  expect(shown(row)).toContain("its key equals that of a result of poems-1, stage tokens, 2026-01-02");
});

test("preferences show choices, the share of first places (also if it is 0), and the agreement of the reward model", async () => {
  const model = await modelOf();
  const [text, , base] = model.stages;
  const ref = { digest: "0".repeat(64) };
  const stages = [
    {
      ...text!,
      state: {
        ...text!.state,
        uses: "collect-preferences" as const,
        outputs: { choices: { artifact: "choices" as const, ...ref } },
        metrics: { chosen: 7, firstPlace: 0, kappa: 0, ties: 0 },
      },
    },
    {
      ...base!,
      state: {
        ...base!.state,
        uses: "reward-model" as const,
        outputs: { rewardModel: { artifact: "reward-model" as const, ...ref } },
        metrics: { accuracy: 0.8, accuracyLow: 0.7, accuracyHigh: 0.9 },
      },
    },
  ];
  const page = parsed(runPage({ ...model, stages }, written));
  expect(textsOf(page, "#preferences ~ .wide caption").slice(0, 2)).toEqual([
    "Pairs of responses, and the choices between them",
    "Agreement of reward models with held-out choices, and of trivial rules",
  ]);
  const cells = textsOf(page, "#preferences ~ .wide td");
  expect(cells.slice(0, 4)).toEqual(["7 preferences", "0.0 %", "0", "80.0 % (70.0–90.0)"]);
});

test("needles have a heat map and a table with intervals", async () => {
  const model = await modelOf();
  const byLength = [{ needles: 10, found: 0.9, low: 0.6, high: 0.98, guess: 0.1, anyStatement: 0.2, withinReach: 1 }];
  const needle = {
    lengths: [64],
    depths: [0, 1],
    found: [[1, 0.8]],
    byLength,
    samples: 5,
    distractors: 1,
    statement: "",
    question: "",
  };
  const page = parsed(runPage({ ...model, evaluations: [{ stage: "judged", measurements: [], needle }] }, written));
  expect(page.querySelector(".paper svg")).not.toBeNull();
  expect(page.querySelector(".paper")!.getAttribute("aria-label")).toContain("Share of needles found by judged");
  expect(textsOf(page, ".paper ~ .wide td").slice(0, 2)).toEqual(["90.0 % (60.0–98.0)", "10.0 %"]);
});

test("the provenance names inputs, versions, machine, definition, lineage and artifacts", async () => {
  const model = await modelOf();
  const page = parsed(runPage(model, written));
  const facts = new Map(
    all(page, "#provenance + .wide tbody tr").map((row) => [
      shown(row.querySelector("th")!),
      shown(row.querySelector("td")!),
    ]),
  );
  expect(Object.fromEntries(facts)).toMatchObject({
    pipeline: "poems",
    file: "poems.yaml",
    "SHA-256 of the definition": model.plan.definitionDigest,
    "input rate": "0.01",
    machine: "heron",
    processor: "x64 avx2",
    "versions of stage types": "dataset 1 (1 stage); tokenize 1 (1 stage); pretrain 1 (1 stage); evaluate 1 (1 stage)",
  });
  const parts = new Map(
    all(page, "#provenance ~ details").map((part) => [shown(part.querySelector("summary")!), part]),
  );
  const [definition, lineage, artifacts] = [...parts.values()];
  expect([...parts.keys()]).toEqual(["Definition (YAML)", expect.stringMatching(/^Lineage of model /), "Artifacts"]);
  expect(definition!.querySelector("pre")!.textContent).toBe(model.definition);
  expect(shown(lineage!)).toMatch(
    /base \(pretrain\) of poems-1.*tokens \(tokenize\) of poems-1.*text \(dataset\) of poems-1/,
  );
  const digests = model.stages.flatMap(({ state }) => Object.values(state.outputs).map(({ digest }) => digest));
  expect(textsOf(artifacts!, "tbody code")).toEqual(digests);
});

test("graph features have their meaning and distribution, and what is left out is counted", async () => {
  const degrees = histogram(Float64Array.of(1, 2, 2, 9, NaN));
  const feature = { name: "degree", meaning: "edges of a <node>", histogram: degrees };
  const table = { stage: "features", description: "nodes", rows: 2000, features: 30, shown: [feature], rowsRead: 1000 };
  const page = parsed(runPage({ ...(await modelOf()), featureTables: [table] }, written));
  expect(textsOf(page, "#features")).toEqual(["Graph features"]);
  expect(shown(page.querySelector("#features ~ p")!)).toBe(
    "nodes: 2,000 rows, 30 features; shown: the first 1 features, the first 1,000 rows",
  );
  expect(shown(page.querySelector("#features ~ .charts .caption")!)).toBe(
    "degree · edges of a <node>least 1, median 2, largest 9, 1 missing",
  );
  expect(page.querySelector("#features ~ .charts svg")).not.toBeNull();
});

test("a comparison shows first what was set differently, then metrics, overlaid curves and samples", async () => {
  const before = await modelOf();
  const after = await modelOf({ runId: "poems-2", steps: 8, losses: [4, 2, 1], text: "I", accuracy: 0.85 });
  const text = comparisonPage([before, after], written);
  const page = parsed(text);
  expect(textsOf(page, "h2")).toEqual(["Settings that differ", "Metrics that differ", "Curves", "Samples that differ"]);
  expect(shown(page.querySelector("#settings + .wide")!)).toContain("with.steps is now 8, was 4");
  const row = all(page, "#metrics + .wide tr").find((one) => shown(one).match(/^judged\s*accuracy/))!;
  expect(textsOf(row, "td")).toEqual(["accuracy", "75.0 % (65.0–85.0)", "85.0 % (75.0–95.0)+10.0 points"]);
  expect(all(page, ".chart svg .curve").map((curve) => curve.getAttribute("class"))).toEqual([
    "curve line-0",
    "curve line-1",
    "curve line-0",
    "curve line-1",
  ]);
  expect(textsOf(page, "#samples + .wide td")).toEqual([hostileText, "I"]);
  expect(text).not.toContain("<script");
});

test("two runs with equal results differ in nothing", async () => {
  const page = parsed(comparisonPage([await modelOf(), await modelOf({ runId: "poems-2" })], written));
  expect(textsOf(page, "h2 + p")).toEqual([
    "None: settings, inputs and versions are the same.",
    "None: all metrics are the same.",
  ]);
  expect(page.querySelector(".chart")).toBeNull();
});

test("a thousand stages with three curves each stay a page of at most 2 MiB, which says what is left out", async () => {
  const model = await modelOf();
  const [stage] = model.stages.slice(2);
  const curve = {
    ...model.curves[0]!,
    points: Array.from({ length: 270 }, (_, i) => [i, Math.sin(i)] as [number, number]),
  };
  const ids = Array.from({ length: 1000 }, (_, i) => `s${i}`);
  const stages = ids.map((id) => ({ ...stage!, declared: id, state: { ...stage!.state, id } }));
  const curves = ids.flatMap((id) => ["a", "b", "c"].map((metric) => ({ ...curve, stage: id, metric })));
  const text = runPage({ ...model, stages, curves }, written);
  expect(Buffer.byteLength(text)).toBeLessThan(2 ** 21);
  expect(text).toContain("2760 more curves: <code>pawl metrics poems-1 --plot</code>");
  expect(textsOf(parsed(text), "#times ~ .wide tbody th").length).toBeGreaterThanOrEqual(1000);
});
