import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { commandsDocument } from "../../../cli/commands-document.js";
import { packageRoot } from "../../../platform/program/locations.js";
import { recordedTerminal } from "../../support/terminal.js";

const file = path.join(packageRoot(), "docs/reference/commands.md");

test("docs/reference/commands.md holds every verb, option, example and exit code (UPDATE_CASES=1 writes it)", async () => {
  const document = await commandsDocument(recordedTerminal());
  if (process.env["UPDATE_CASES"] === "1") writeFileSync(file, document);
  expect(readFileSync(file, "utf8")).toBe(document);
});
