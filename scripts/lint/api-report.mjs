// docs/reference/api.md: every export of the package `pawl`, and every type that these name, as
// TypeScript declares them.
import path from "node:path";
import ts from "typescript";
import { root } from "../setup/generated.mjs";

export const page = "docs/reference/api.md";

const head = `# The package \`pawl\`
What \`import … from "pawl"\` gives, as TypeScript declares it. How to use it: [scripts](../guides/api.md) and
[stages of your own](../guides/own-stages.md). This page is generated: when it changes, the interface has changed.
`;

/**
 * The declarations that the package ships: a function that parses those of a file, by its path
 * below the repository without ending; undefined if there is no such file.
 */
function declarationsIn(program) {
  const files = new Map();
  const parse = (file) => {
    const sources = ["ts", "tsx"].map((ending) => program.getSourceFile(path.join(root, `${file}.${ending}`)));
    const source = sources.find((one) => one !== undefined);
    if (source === undefined) return undefined;
    let text;
    program.emit(source, (_, content) => (text = content), undefined, true);
    return ts.createSourceFile(`${file}.d.ts`, text, ts.ScriptTarget.ES2022, true);
  };
  return {
    get(file) {
      if (!files.has(file)) files.set(file, parse(file));
      return files.get(file);
    },
  };
}

/**
 * What a file imports, or exports from elsewhere: by its name here, its name and place there. A
 * package is no file.
 */
function namesFrom(file, source) {
  const found = new Map();
  for (const statement of source.statements) {
    const named = statement.importClause?.namedBindings ?? statement.exportClause;
    if (statement.moduleSpecifier === undefined || named === undefined) continue;
    const { text: from } = statement.moduleSpecifier;
    const at = from.startsWith(".") ? { file: path.join(path.dirname(file), from).replace(/\.js$/, "") } : { from };
    for (const { name, propertyName } of named.elements ?? [])
      found.set(name.text, { name: (propertyName ?? name).text, ...at });
  }
  return found;
}

const findDeclarations = (files, { file, name }) =>
  (files.get(file)?.statements ?? []).filter((statement) => statement.name?.text === name);

/** The text of a declaration with its comment. */
function declarationText(files, place) {
  const texts = findDeclarations(files, place).map((statement) => statement.getFullText().trim());
  return texts.map((text) => text.replace(/^export (declare )?/m, "")).join("\n");
}

/**
 * Where the types are declared that a declaration names; those of packages and of values (`typeof
 * x`) are left out.
 */
function namedTypes(files, place) {
  const names = new Set();
  const visit = (node) => {
    if (ts.isTypeReferenceNode(node)) names.add(node.typeName.getText());
    if (ts.isExpressionWithTypeArguments(node)) names.add(node.expression.getText());
    ts.forEachChild(node, visit);
  };
  findDeclarations(files, place).forEach(visit);
  const imported = namesFrom(place.file, files.get(place.file));
  const places = [...names].map((name) => imported.get(name) ?? { file: place.file, name });
  return places.filter((one) => findDeclarations(files, one).length > 0);
}

/** The page, of a program as createProgram makes it. */
export function apiDocument(program) {
  const files = declarationsIn(program);
  const exported = [...namesFrom("index", files.get("index"))];
  const own = exported.filter(([, { file }]) => file !== undefined);
  const ofPackages = exported.filter(([, { file }]) => file === undefined);
  // The loop adds to the map that it walks through.
  const shown = new Map(own.map(([, place]) => [`${place.file} ${place.name}`, place]));
  for (const place of shown.values())
    for (const type of namedTypes(files, place))
      if (!shown.has(`${type.file} ${type.name}`)) shown.set(`${type.file} ${type.name}`, type);
  const others = [...shown.values()].slice(own.length);
  const sections = [
    ...own.map(([as, place]) => [as, declarationText(files, place)]),
    ["From other packages", ofPackages.map(([as, { from }]) => `export { ${as} } from "${from}";`).join("\n")],
    ["Types that these name", others.map((place) => declarationText(files, place)).join("\n\n")],
  ].map(([title, text]) => `## ${title}\n\`\`\`ts\n${text}\n\`\`\`\n`);
  const renamed = own.filter(([as, { name }]) => as !== name);
  return renamed.reduce(
    (text, [as, { name }]) => text.replaceAll(new RegExp(`\\b${name}\\b`, "g"), as),
    [head, ...sections].join("\n"),
  );
}
