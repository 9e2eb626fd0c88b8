/**
 * ESLint rule by type: no value of the type `StageType` is written as a literal, so that only a
 * stage's two homes name it. Artifact kinds share some of the words, so the type that a literal is
 * used as decides. The rule also covers the keys of an object that has a property for every stage
 * type, and of an access to it, and what is compared with or assigned to something called `uses`,
 * whatever its type. Types may name a stage: `StageWith<"tokenize">`.
 */
import { ESLintUtils } from "@typescript-eslint/utils";

export const stageTypeLiteral = ESLintUtils.RuleCreator.withoutDocs({
  meta: {
    type: "problem",
    schema: [{ type: "array", items: { type: "string" } }],
    messages: { literal: 'the stage type "{{name}}" is named outside its two homes: declare a trait in defineStage' },
  },
  defaultOptions: [[]],
  create(context, [names]) {
    const services = ESLintUtils.getParserServices(context);
    const checker = services.program.getTypeChecker();
    const known = new Set(names);
    const tsNode = (node) => services.esTreeNodeToTSNodeMap.get(node);
    const typeOf = (node) => checker.getTypeAtLocation(tsNode(node));

    /** The types of which one is meant: those of a union, and what a type parameter extends. */
    const meant = (type) => {
      const whole = type && (checker.getBaseConstraintOfType(type) ?? type);
      return whole?.isUnion() ? whole.types : whole ? [whole] : [];
    };
    /** Whether every stage type is among a union's words. */
    const isStageType = (type) => {
      const words = new Set(
        meant(type)
          .filter((one) => one.isStringLiteral())
          .map(({ value }) => value),
      );
      return names.every((name) => words.has(name));
    };
    /** Whether an object has a property for every stage type. */
    const isByStageType = (type) =>
      meant(type).some((one) => names.every((name) => one.getProperty(name) !== undefined));
    const report = (node, name) => context.report({ node, messageId: "literal", data: { name } });

    /** What a comparison or a switch compares a literal with. */
    const comparedWith = (node) => {
      const { parent } = node;
      if (parent.type === "BinaryExpression") return parent.left === node ? parent.right : parent.left;
      if (parent.type === "SwitchCase") return parent.parent.discriminant;
      return undefined;
    };
    /** Whether something is called `uses`: a variable, a member, a field of an object. */
    const isUses = (node) => node?.name === "uses" || (node?.type === "MemberExpression" && isUses(node.property));
    const checkValue = (node, value) => {
      if (!known.has(value) || node.parent.type === "TSLiteralType") return;
      const other = comparedWith(node);
      const isGivenToUses = node.parent.type === "Property" && node.parent.value === node && isUses(node.parent.key);
      const type = other ? typeOf(other) : checker.getContextualType(tsNode(node));
      if (isStageType(type) || isUses(other) || isGivenToUses) report(node, value);
    };
    /** The word that a key is, written with or without quotes; undefined if it is computed. */
    const keyWord = (key, computed) => (computed || key.type !== "Identifier" ? key.value : key.name);
    return {
      Literal(node) {
        checkValue(node, node.value);
      },
      TemplateLiteral(node) {
        if (node.expressions.length === 0) checkValue(node, node.quasis[0].value.cooked);
      },
      "ObjectExpression > Property"(node) {
        const word = keyWord(node.key, node.computed);
        if (known.has(word) && isByStageType(checker.getContextualType(tsNode(node.parent)))) report(node.key, word);
      },
      MemberExpression(node) {
        const word = keyWord(node.property, node.computed);
        if (known.has(word) && isByStageType(typeOf(node.object))) report(node.property, word);
      },
    };
  },
});
