// Bundles the studio's page into a directory: `node scripts/setup/page.mjs DIRECTORY`. One module,
// chunks that are loaded when they are needed, one style sheet; names of chunks hold a digest of
// their content. Each file stands there compressed, too.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..", "..");
const source = join(root, "studio", "page");
const target = process.argv[2] ?? join(root, "dist", "studio", "page");

/** The colors as CSS, from the list that reports use, too. */
async function colorsCss() {
  const { outputFiles } = await build({
    entryPoints: [join(root, "report", "colors.ts")],
    bundle: true,
    format: "esm",
    write: false,
  });
  const { declaredColors } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  const { light, dark } = declaredColors;
  return [
    `:root{color-scheme:light;${light}}`,
    `@media (prefers-color-scheme:dark){:root:not([data-mode=light]){color-scheme:dark;${dark}}}`,
    `:root[data-mode=dark]{color-scheme:dark;${dark}}`,
    "",
  ].join("\n");
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const { metafile } = await build({
  entryPoints: { main: join(source, "main.tsx"), mode: join(source, "mode.ts") },
  outdir: target,
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  tsconfig: join(source, "tsconfig.json"),
  chunkNames: "[name]-[hash]",
  legalComments: "none",
  metafile: true,
  logLevel: "error",
});
// The frame's style goes first.
const styles = [
  "style.css",
  ...readdirSync(source)
    .filter((name) => name.endsWith(".css") && name !== "style.css")
    .sort(),
];
const css = styles.map((name) => readFileSync(join(source, name), "utf8"));
writeFileSync(join(target, "main.css"), [await colorsCss(), ...css].join(""));
// What the main module imports is requested together with it.
const [, { imports }] = Object.entries(metafile.outputs).find(([file]) => file.endsWith("main.js"));
const needed = imports.filter(({ kind }) => kind === "import-statement").map(({ path }) => basename(path));
const links = needed.map((name) => `<link rel="modulepreload" href="/assets/${name}" />`);
const html = readFileSync(join(source, "index.html"), "utf8");
writeFileSync(join(target, "index.html"), html.replace("</head>", `  ${links.join("")}\n  </head>`));
cpSync(join(source, "icon.svg"), join(target, "icon.svg"));
// Here and not when the studio starts: it takes a second.
for (const name of readdirSync(target))
  writeFileSync(join(target, `${name}.br`), brotliCompressSync(readFileSync(join(target, name))));
