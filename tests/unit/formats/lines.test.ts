import { writeFileSync } from "node:fs";
import path from "node:path";
import { textLines, textUnits } from "../../../activities/dataset/rows/text.js";
import { splitLines } from "../../../formats/lines.js";
import { useDirectory } from "../../support/directory.js";

const base = useDirectory();
const longest = 10;

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
async function* chunks(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
}
async function* of(lines: readonly string[]) {
  yield* lines;
}

test.each([1, 4, 100])("a line beyond the bound is refused with its number, however it is cut: %i", async (size) => {
  const read = (text: string) => all(splitLines(chunks(text, size), "a.txt", longest));
  expect((await read("0123456789\nab\n0123456789")).map(String)).toEqual(["0123456789", "ab", "0123456789"]);
  for (const text of ["ab\n0123456789x\ncd\n", "ab\n0123456789x"])
    await expect(read(text)).rejects.toMatchObject({
      code: "DATA_INVALID",
      message: "a line is too long",
      facts: { where: "a.txt:2", expected: "at most 10 bytes per line" },
    });
});

test("a line of text beyond the bound is not refused as one that is not UTF-8", async () => {
  const file = { name: "a.txt", path: path.join(base(), "a.txt") };
  writeFileSync(file.path, "short\nlonger than that\n");
  await expect(all(textLines(file, () => {}, longest))).rejects.toMatchObject({
    code: "DATA_INVALID",
    facts: { where: "a.txt:2", got: "more" },
  });
});

test.each([
  ["a document", "document", ["0123", "456", "78"], 1, "unit: paragraph"],
  ["a paragraph", "paragraph", ["01", "", "0123", "456", "78"], 1, "unit: line"],
  ["paragraphs that are joined", "paragraph", ["01234", "", "5678"], 9, "minimumBytes"],
] as const)("%s beyond the bound is refused", async (_, unit, lines, minimumBytes, next) => {
  const read = (bound: number) => all(textUnits(of(lines), unit, minimumBytes, "a.txt", bound));
  expect((await read(longest + 1)).at(-1)).toHaveLength(longest + 1);
  await expect(read(longest)).rejects.toMatchObject({
    code: "DATA_INVALID",
    facts: {
      where: "a.txt",
      expected: expect.stringContaining("at most 10 characters"),
      next: expect.stringContaining(next),
    },
  });
});

test("paragraphs are joined until they have the bytes", async () => {
  const lines = ["é", "", "", "ab", "cd", "", "x"];
  expect(await all(textUnits(of(lines), "paragraph", 8, "a.txt"))).toEqual(["é\n\nab\ncd", "x"]);
  expect(await all(textUnits(of(lines), "paragraph", 10, "a.txt"))).toEqual(["é\n\nab\ncd\n\nx"]);
});
