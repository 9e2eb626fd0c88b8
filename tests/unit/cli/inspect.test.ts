import { writeFileSync } from "node:fs";
import path from "node:path";
import { main } from "../../../cli/program.js";
import { createTokensWriter } from "../../../formats/tokens.js";
import { tokenizerJson } from "../../../lm/text/tokenizer-files.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { useDirectory } from "../../support/directory.js";
import { recordedTerminal } from "../../support/terminal.js";

const home = useDirectory();
const before = process.env["PAWL_HOME"];
beforeEach(() => void (process.env["PAWL_HOME"] = home()));
afterAll(() => {
  if (before === undefined) delete process.env["PAWL_HOME"];
  else process.env["PAWL_HOME"] = before;
});

test("pawl inspect prints what a tokenizer learned, and documents as their tokens", async () => {
  const { digest } = await putArtifact(home(), "tokens", async (directory) => {
    const merges = [
      ["h", "e"],
      ["he", "Ċ"],
    ] as const;
    writeFileSync(path.join(directory, "tokenizer.json"), tokenizerJson(merges));
    const facts = { vocabularySize: 262, endOfText: 258, pad: 259, tokenizerDigest: "" };
    const writer = await createTokensWriter(directory, facts);
    await writer.write([256, 257], 5);
    await writer.close();
  });
  const terminal = recordedTerminal();
  expect(await main(["inspect", digest], terminal)).toBe(0);
  expect(terminal.written.out).toContain("\ntokenizer.json\n  262 tokens: 256 bytes, 2 learned, 4 special\n  he|he⏎\n");
  expect(terminal.written.out).toContain("\ntokens.bin\n  3 tokens in 1 document\n  he|he⏎|<|endoftext|>\n");
});
