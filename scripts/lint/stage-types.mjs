// No value of the type `StageType` is written as a literal, so that only a stage's two homes name
// it. Artifact kinds share some of the words, so the type that a literal is used as decides. This
// covers the keys of an object that has a property for every stage type, and of an access to it,
// and what is compared with or assigned to something called `uses`, whatever its type. Types may
// name a stage: `StageWith<"tokenize">`.
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { root } from "../setup/generated.mjs";

const homes = ["schemas/stages/index.ts", "activities/index.ts"];

/** The names in the table of stage types. */
const [, table] = /const table = \{([^}]*)\}/.exec(readFileSync(path.join(root, homes[0]), "utf8"));
const names = [...table.matchAll(/^\s*"?([a-z0-9-]+)"?[,:]/gm)].map(([, name]) => name);

/**
 * Whether a file is looked through: all of the program but homes, benches and what is generated.
 */
function isChecked({ fileName, isDeclarationFile }) {
  const file = path.relative(root, fileName);
  return !isDeclarationFile && !/^(bench|compiler\/generated)\//.test(file) && !homes.includes(file);
}

/** The types of which one is meant: those of a union, and what a type parameter extends. */
function possibleTypes(checker, type) {
  const base = type && (checker.getBaseConstraintOfType(type) ?? type);
  return base?.isUnion() ? base.types : base ? [base] : [];
}

/** Whether every stage type is among a union's words. */
function isStageType(checker, type) {
  const words = possibleTypes(checker, type).filter((one) => one.isStringLiteral());
  const values = new Set(words.map(({ value }) => value));
  return names.every((name) => values.has(name));
}

/** Whether an object has a property for every stage type. */
function isByStageType(checker, type) {
  return possibleTypes(checker, type).some((one) => names.every((name) => one.getProperty(name) !== undefined));
}

/** What a comparison or a switch compares a literal with. */
function comparedWith(node) {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) return parent.left === node ? parent.right : parent.left;
  return ts.isCaseClause(parent) ? parent.parent.parent.expression : undefined;
}

/** Whether something is called `uses`: a variable, a member, a field of an object. */
const isUses = (node) => node?.text === "uses" || (node && ts.isPropertyAccessExpression(node) && isUses(node.name));

/** Whether a string is used as a stage type. */
function isValue(checker, node) {
  const { parent } = node;
  if (ts.isLiteralTypeNode(parent)) return false;
  if (ts.isPropertyAssignment(parent) && parent.initializer === node && isUses(parent.name)) return true;
  const other = comparedWith(node);
  const type = other ? checker.getTypeAtLocation(other) : checker.getContextualType(node);
  return isUses(other) || isStageType(checker, type);
}

/** Whether a name or a string names a stage type where only its homes may. */
function isForbidden(checker, node) {
  const { parent } = node;
  const name = ts.isComputedPropertyName(parent) ? parent : node;
  if (ts.isObjectLiteralElement(name.parent) && name.parent.name === name)
    return isByStageType(checker, checker.getContextualType(name.parent.parent));
  const isKey = ts.isElementAccessExpression(parent) || (ts.isPropertyAccessExpression(parent) && parent.name === node);
  if (isKey && isByStageType(checker, checker.getTypeAtLocation(parent.expression))) return true;
  return ts.isStringLiteralLike(node) && isValue(checker, node);
}

/** Where a program names stage types outside their homes: a line for each. */
export function namedStageTypes(program) {
  const checker = program.getTypeChecker();
  return program.getSourceFiles().flatMap((file) => {
    const found = [];
    const visit = (node) => {
      const isName = ts.isIdentifier(node) || ts.isStringLiteralLike(node);
      if (isName && names.includes(node.text) && isForbidden(checker, node)) {
        const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
        const place = `${path.relative(root, file.fileName)}:${line + 1}`;
        const advice = "is named outside its two homes: declare a trait in defineStage";
        found.push(`${place}  the stage type "${node.text}" ${advice}`);
      }
      ts.forEachChild(node, visit);
    };
    if (isChecked(file)) visit(file);
    return found;
  });
}
