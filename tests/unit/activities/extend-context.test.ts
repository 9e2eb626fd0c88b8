import { openLongText } from "../../../activities/extend-context/data.js";
import type { OpenModel } from "../../../activities/models/model.js";
import { createTokensWriter } from "../../../formats/tokens.js";
import { testContext } from "../../support/stage-context.js";

const facts = { vocabularySize: 300, endOfText: 0, pad: 1, tokenizerDigest: "" };
const model = {
  tokenizer: { vocabularySize: 300 },
  tokens: { endOfText: 0 },
  architecture: { vocabularySize: 300 },
} as OpenModel;

test("200,000 held-out documents, of which the last fills the context", async () => {
  const context = testContext();
  try {
    const tokens = await context.putArtifact("tokens", async (directory) => {
      const writer = await createTokensWriter(directory, facts);
      for (let d = 0; d < 200_000; d++) await writer.write([2], 1);
      await writer.write(new Array<number>(63).fill(2), 63);
      await writer.close();
    });
    const open = (contextLength: number) =>
      openLongText({ tokens, heldOut: tokens, steps: [{ contextLength, steps: 1 }] } as never, model, context);
    expect((await open(64)).heldOut!.documents).toHaveLength(200_001);
    await expect(open(65)).rejects.toMatchObject({ code: "DATA_EMPTY", facts: { got: "the longest has 64" } });
  } finally {
    context.remove();
  }
});
