import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

const directory = path.join("docs", "pictures");
const documents = ["README.md", ...markdownBelow("docs")];

function markdownBelow(root: string): string[] {
  const names = readdirSync(root, { recursive: true }) as string[];
  return names.filter((name) => name.endsWith(".md")).map((name) => path.join(root, name));
}

/** The pictures that a document names, from the root. */
function picturesOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const named = [...text.matchAll(/(?:srcset|src)="([^"]+)"|!\[[^\]]*\]\(([^)]+)\)/g)].map(
    ([, one, other]) => one ?? other!,
  );
  return named.filter((name) => !name.startsWith("http")).map((name) => path.join(path.dirname(file), name));
}

const named = new Set(documents.flatMap(picturesOf));

test("every picture that a document names exists", () => {
  expect([...named].filter((file) => statSync(file, { throwIfNoEntry: false }) === undefined)).toEqual([]);
});

test("a document names every picture, light and dark, and none is large", () => {
  const files = readdirSync(directory).map((name) => path.join(directory, name));
  expect(files.filter((file) => !named.has(file))).toEqual([]);
  expect(files.filter((file) => statSync(file).size > 150 * 1024)).toEqual([]);
});

test("README.md opens with a picture of the studio", () => {
  expect(picturesOf("README.md")[0]).toBe("docs/pictures/studio-run-dark.png");
});
