import { Type } from "@sinclair/typebox";
import type { Json } from "../../../platform/json.js";
import { writePairs } from "../../../formats/pairs.js";
import type { StageFailure, StageState } from "../../../schemas/run.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { boundsText, fieldText, fieldValue, inputValue, messagesByField } from "../../../studio/page/form-values.js";
import type { FormField, ParkedView } from "../../../studio/people-messages.js";
import { formFields } from "../../../studio/server/form-fields.js";
import { toChoice, isSwapped, orderFor, loadPairs, toSide } from "../../../studio/server/shown-pairs.js";
import { waitingItems } from "../../../studio/server/waiting.js";
import { useDirectory } from "../../support/directory.js";
import { makeReportedRun } from "../../support/reported-run.js";
import { openStudio } from "../../support/studio.js";

const home = useDirectory();
const digest = "ab".repeat(32);

describe("the order of pairs and sides", () => {
  it("is each person's own, and the same every time", () => {
    const order = orderFor("heron", digest, 50);
    expect([...order].sort((one, other) => one - other)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(orderFor("heron", digest, 50)).toEqual(order);
    expect(orderFor("egret", digest, 50)).not.toEqual(order);
    const sides = (person: string): boolean[] => order.map((item) => isSwapped(person, digest, item));
    expect(sides("heron")).toEqual(sides("heron"));
    expect(sides("heron")).not.toEqual(sides("egret"));
  });
  it("puts the second response on the left in about half of all", () => {
    const swapped = Array.from({ length: 2000 }, (_, i) => isSwapped("heron", digest, i + 1)).filter(Boolean);
    expect(swapped.length).toBeGreaterThan(900);
    expect(swapped.length).toBeLessThan(1100);
  });
  it.each([true, false])("turns a side into a choice and back (swapped: %s)", (swapped) => {
    for (const side of ["left", "right", "tie", "bothBad"] as const)
      expect(toSide(toChoice(side, swapped), swapped)).toBe(side);
    expect(toChoice("left", swapped)).toBe(swapped ? "second" : "first");
  });
});

test("pairs are read from the store", async () => {
  const pairs = [{ prompt: "Who?", first: "I", second: "You", reference: "" }];
  const ref = await putArtifact(home(), "pairs", (place) =>
    writePairs(place, { pairs, prompts: 1, tooLong: 0, identical: 0, blank: 0 }),
  );
  expect(await loadPairs(home(), ref)).toEqual(pairs);
  await expect(loadPairs(home(), { ...ref, digest })).rejects.toMatchObject({ code: "ARTIFACT_MISSING" });
});

describe("the fields of a form", () => {
  const field = (schema: object): FormField => formFields({ it: schema }, ["it"])[0]!;
  it.each([
    [
      { type: "string", maxLength: 3 },
      { kind: "text", maxLength: 3 },
    ],
    [
      { type: "number", exclusiveMinimum: 0, maximum: 1 },
      { kind: "number", exclusiveMinimum: 0, maximum: 1 },
    ],
    [Type.Integer({ default: 3, description: "steps" }), { kind: "integer", default: 3, description: "steps" }],
    [{ type: "boolean" }, { kind: "boolean" }],
    [{ enum: ["a", 1] }, { kind: "options", options: ["a", 1] }],
    [Type.Union([Type.Literal("a"), Type.Literal("b")]), { kind: "options", options: ["a", "b"] }],
    [Type.Union([Type.Literal("a"), Type.String()]), { kind: "json" }],
    [Type.Array(Type.String()), { kind: "json" }],
    [true, { kind: "json" }],
  ])("of %j", (schema, expected) => {
    expect(field(schema as object)).toEqual({ name: "it", isRequired: true, ...expected });
  });
  it.each([
    [{ type: "integer", minimum: 1 }, "2", { value: 2 }],
    [{ type: "integer", minimum: 1 }, "2.5", { error: "must be a whole number" }],
    [{ type: "integer", minimum: 1 }, "0", { error: "must be ≥ 1" }],
    [{ type: "number", exclusiveMaximum: 1 }, "1", { error: "must be < 1" }],
    [{ type: "number", exclusiveMinimum: 0 }, "0", { error: "must be > 0" }],
    [{ type: "number", maximum: 1 }, "3", { error: "must be ≤ 1" }],
    [{ type: "number" }, "much", { error: "must be a number" }],
    [{ type: "number" }, " ", { error: "is missing" }],
    [{ type: "number" }, "${{ inputs.rate }}", { value: "${{ inputs.rate }}" }],
    [{ type: "string", minLength: 2 }, "a", { error: "must have at least 2 characters" }],
    [{ type: "string", maxLength: 2 }, "abc", { error: "must have at most 2 characters" }],
    [{ type: "string" }, "", { error: "is missing" }],
    [{ type: "boolean" }, "true", { value: true }],
    [{ enum: ["a", 1] }, "1", { value: 1 }],
    [{ type: "array" }, "[1", { error: "is not JSON: texts need quotes" }],
  ])("%j reads %j", (schema, text, expected) => {
    expect(fieldValue(text, field(schema))).toEqual(expected);
  });
  it.each<[object, Json]>([
    [{ enum: ["here", "there", 3] }, "there"],
    [{ type: "string" }, "there"],
    [{ type: "array" }, ["a"]],
    [{ type: "object" }, "text"],
    [{ type: "boolean" }, false],
    [{ type: "integer" }, 7],
    [{ type: "array" }, "${{ inputs.list }}"],
  ])("%j keeps %j that nobody changes", (schema, value) => {
    expect(fieldValue(fieldText(value, field(schema)), field(schema))).toEqual({ value });
  });
  it.each<[object, string, Json]>([
    [{ type: "string" }, "3", "3"],
    [{ type: "integer" }, "3", 3],
    [{ type: "integer", minimum: 5 }, "3", 3],
    [{ type: "array" }, '["a"]', ["a"]],
    [{ type: "array" }, "[a", "[a"],
    [{ enum: ["a", 1] }, '"a"', "a"],
    [{ type: "boolean" }, "false", false],
  ])("the input %j that reads %j goes to the compiler as %j, which says what is wrong", (schema, text, value) => {
    expect(inputValue(text, field(schema))).toEqual(value);
  });
  it("without names, those without a default are required", () => {
    const fields = formFields({ a: { type: "string" }, b: { default: 1 }, c: true });
    expect(fields.map(({ isRequired }) => isRequired)).toEqual([true, false, true]);
  });
  it("an optional field may be empty", () => {
    for (const type of ["string", "number", "array"])
      expect(fieldValue("", { ...field({ type }), isRequired: false })).toEqual({});
  });
  it("are shown as text, with their bounds", () => {
    expect(fieldText({ a: 1 }, { kind: "json" })).toBe('{\n  "a": 1\n}');
    expect(fieldText("poems", { kind: "text" })).toBe("poems");
    expect(fieldText("there", { kind: "options" })).toBe('"there"');
    expect(fieldText(3, { kind: "number" })).toBe("3");
    expect(fieldText(undefined, { kind: "number" })).toBe("");
    expect(boundsText(field({ type: "number", exclusiveMinimum: 0, maximum: 1 }))).toBe("number > 0 and ≤ 1");
  });
  it("get the messages of a refused form", () => {
    const fields = formFields({ rate: { type: "number" }, name: { type: "string" } }, []);
    expect(messagesByField("rate must be < 1, got 3; name is required; extra is unknown", fields)).toEqual({
      rate: "must be < 1, got 3",
      name: "is required",
    });
  });
});

const diverged: StageFailure = {
  ...({ code: "LOSS_NOT_FINITE", class: "divergence", message: "the loss is NaN at step 3" } as const),
  facts: { where: "base", next: "lower learningRate" },
};

describe("a parked stage", () => {
  const get = async (address: string) => {
    const response = await openStudio(home()).ask(address);
    return { status: response.status, body: (await response.json()) as ParkedView & { error?: { code: string } } };
  };
  it("is shown with its error, its settings with the changes so far, and the setting that the error names", async () => {
    const base = {
      status: "parked",
      failure: diverged,
      changes: [{ learningRate: 0.5 }],
    } satisfies Partial<StageState>;
    await makeReportedRun(home(), { status: "parked", states: { base } });
    const { status, body } = await get("/api/runs/poems-1/parked/base");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ...{ run: "poems-1", stage: "base", uses: "pretrain", attempts: 1, field: "learningRate" },
      failure: { code: "LOSS_NOT_FINITE", message: "the loss is NaN at step 3", facts: diverged.facts },
      settings: { learningRate: 0.5, steps: 4 },
    });
    expect(body.fields.find(({ name }) => name === "learningRate")).toMatchObject({ kind: "number" });
  });
  it("is one that waits", async () => {
    await makeReportedRun(home());
    expect(await get("/api/runs/poems-1/parked/base")).toMatchObject({
      status: 409,
      body: { error: { code: "STAGE_NOT_PARKED" } },
    });
    expect((await get("/api/runs/poems-9/parked/base")).status).toBe(404);
  });
});

describe("answers without a server", () => {
  const post = async (address: string, body: string) => {
    const response = await openStudio(home()).ask(address, { method: "POST", body });
    return { status: response.status, ...((await response.json()) as { error: { code: string; facts: object } }) };
  };
  beforeEach(async () => {
    await makeReportedRun(home(), { status: "parked", states: { base: { status: "parked", failure: diverged } } });
  });
  it.each([
    ["parked/base", { action: "retry", attempts: 1 }, 503, "SERVER_UNREACHABLE"],
    ["parked/base", { action: "retry", attempts: 0 }, 409, "ANSWER_OUTDATED"],
    ["parked/base", { action: "explode" }, 409, "DATA_INVALID"],
    ["parked/text", { action: "skip" }, 409, "STAGE_NOT_PARKED"],
    ["approvals/text", { approved: "yes" }, 409, "DATA_INVALID"],
    ["approvals/text", { approved: true }, 503, "SERVER_UNREACHABLE"],
    ["choices/text/choose", { item: 1, side: "left" }, 503, "SERVER_UNREACHABLE"],
    ["choices/text/choose", { side: "left" }, 409, "DATA_INVALID"],
    ["choices/text/withdraw", { item: "1" }, 409, "DATA_INVALID"],
    ["choices/text/close", {}, 503, "SERVER_UNREACHABLE"],
    ["choices/text/import", {}, 409, "DATA_INVALID"],
    ["chat", { stages: ["text"] }, 404, "UNKNOWN_REFERENCE"],
    ["chat", { stages: [] }, 404, "UNKNOWN_REFERENCE"],
    ["chat", {}, 409, "DATA_INVALID"],
  ])("%s %j is refused", async (address, body, status, code) => {
    expect(await post(`/api/runs/poems-1/${address}`, JSON.stringify(body))).toMatchObject({ status, error: { code } });
  });
  it.each([
    ["a large import is read", "choices/text/import", 9 << 20, "SERVER_UNREACHABLE"],
    ["an import of more than 64 MiB is not", "choices/text/import", 64 << 20, "FILE_TOO_LARGE"],
    ["nor is anything else of more than 8 MiB", "approvals/text", 8 << 20, "FILE_TOO_LARGE"],
  ])("%s", async (_what, address, size, code) => {
    const body = JSON.stringify({ approved: true, text: "x".repeat(size) });
    expect(await post(`/api/runs/poems-1/${address}`, body)).toMatchObject({ error: { code } });
  });
  it.each(["", "[1]", "{", "7"])("what is no JSON object is refused: %j", async (body) => {
    expect(await post("/api/runs/poems-1/parked/base", body)).toMatchObject({ error: { code: "DATA_INVALID" } });
  });
  it.each([
    ["parked/base", { action: "explode" }, "/action", 'one of "retry", "skip", "abort"', '"explode"'],
    ["approvals/text", { approved: "yes" }, "/approved", "Expected boolean", '"yes"'],
    ["choices/text/choose", { item: 1, side: "up" }, "/side", 'one of "left", "right", "tie", "bothBad"', '"up"'],
  ])("%s %j: the error says where, what is expected, and what to do", async (address, body, where, expected, got) => {
    const place = `/api/runs/poems-1/${address}`;
    expect((await post(place, JSON.stringify(body))).error).toMatchObject({
      facts: { where: place + where, expected, got, next: "load the page again: it may be of an earlier version" },
    });
  });
});

test("a chat that has ended is not asked", async () => {
  const response = await openStudio(home()).ask("/api/chats/none", { method: "POST", body: '{"text":"Who?"}' });
  expect(await response.json()).toMatchObject({ error: { code: "UNKNOWN_REFERENCE", message: "this chat has ended" } });
});

describe("an export", () => {
  const ask = (address: string) => openStudio(home()).ask(address);
  const choices = async () => {
    const pairs = [{ prompt: "Who?", first: "I", second: "You", reference: "secret", task: "secret" }];
    const ref = await putArtifact(home(), "pairs", (place) =>
      writePairs(place, { pairs, prompts: 1, tooLong: 0, identical: 0, blank: 0 }),
    );
    const choiceRequest = { pairs: ref, items: 1, target: 1, choices: { 1: "second" }, closed: "target" } as const;
    await makeReportedRun(home(), { states: { base: { choiceRequest } } });
  };
  it("is a file, also after the end", async () => {
    await choices();
    const response = await ask("/api/runs/poems-1/choices/base/export?format=jsonl");
    expect(response.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''poems-1-base.jsonl");
    expect(await response.text()).toBe('{"prompt":"Who?","chosen":"You","rejected":"I"}\n');
    const studio = await (await ask("/api/runs/poems-1/choices/base/export")).text();
    expect(studio).toContain('"selected": "right"');
    expect(studio).not.toContain("secret");
  });
  it("of another format, or of a stage without choices, is refused", async () => {
    await choices();
    expect((await ask("/api/runs/poems-1/choices/base/export?format=csv")).status).toBe(409);
    expect(await (await ask("/api/runs/poems-1/choices/text/export")).json()).toMatchObject({
      error: { code: "DATA_MISSING" },
    });
  });
});

test("what waits for choices counts those of all people", () => {
  const choiceRequest = {
    ...{ pairs: { artifact: "pairs", digest }, items: 3, target: 3, people: 2, choices: { 1: "first" } },
    votes: { heron: { 1: { choice: "first" } }, egret: { 1: { choice: "first" }, 2: { choice: "tie" } } },
  } as const;
  const stage = {
    id: "a",
    uses: "collect-preferences",
    status: "waiting",
    attempts: 1,
    outputs: {},
    metrics: {},
  } as const;
  const state = { pipeline: "p", status: "waiting", stages: [{ ...stage, choiceRequest }], outputs: {} } as const;
  expect(waitingItems({ runId: "r", state: state as never })).toMatchObject([{ chosen: 1, target: 3, votes: 3 }]);
});
