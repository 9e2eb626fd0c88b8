/**
 * ESLint rule by type: no value of the type `StageType` is written as a literal, so that only a stage's two homes name it.
 * Artifact kinds share some of the words; what counts is the type that a literal is used as.
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

    /** Whether every stage type is among a union's words. */
    const isStageType = (type) => {
      if (type === undefined) return false;
      const words = new Set(
        (type.isUnion() ? type.types : [type]).filter((t) => t.isStringLiteral()).map((t) => t.value),
      );
      return names.every((name) => words.has(name));
    };
    /** What a comparison or a switch compares the literal with. */
    const comparedWith = (node) => {
      const { parent } = node;
      if (parent.type === "BinaryExpression") return parent.left === node ? parent.right : parent.left;
      if (parent.type === "SwitchCase") return parent.parent.discriminant;
      return undefined;
    };
    return {
      Literal(node) {
        if (typeof node.value !== "string" || !known.has(node.value)) return;
        if (node.parent.type === "TSLiteralType") return;
        const other = comparedWith(node);
        const type = other
          ? checker.getTypeAtLocation(services.esTreeNodeToTSNodeMap.get(other))
          : checker.getContextualType(services.esTreeNodeToTSNodeMap.get(node));
        if (isStageType(type)) context.report({ node, messageId: "literal", data: { name: node.value } });
      },
    };
  },
});
