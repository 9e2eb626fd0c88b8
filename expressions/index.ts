/** `${{ }}`: parsing, references, evaluation. Pure: runs in Node and inside Temporal's workflow sandbox. */
export { conditionBeforeItems, conditionSource, evaluateCondition, needsStatus, parseCondition } from "./condition.js";
export {
  evaluateTemplate,
  evaluateWithSecrets,
  runFactNames,
  templateEvaluator,
  type ExpressionContext,
  type StageFacts,
  type TemplateEvaluator,
} from "./evaluate.js";
export { editDistance, nearest, proposal } from "./nearest.js";
export { ExpressionProblem } from "./problem.js";
export { expressionReferences, references, type Reference } from "./references.js";
export { isTemplate, parseTemplate, wholeExpression, type Part } from "./template.js";
