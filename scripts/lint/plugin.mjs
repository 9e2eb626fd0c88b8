// Rules of Pawl's own for oxlint (.oxlintrc.json).

/** Names that a rule on names lets pass: statistics, and words of JSON Schema. */
const allowedNames = /^(?:most(?:Frequent|Probable|Of)|(?:as|any|all|one|multiple)Of)$/;

/**
 * A definition's name says what it is: a bound is a maximum (maxOutputBytes), a function is a verb
 * (readStatus, not statusOf). The option is a pattern of names that don't.
 */
const names = {
  meta: { schema: [{ type: "string" }] },
  create(context) {
    const pattern = new RegExp(context.options[0]);
    const check = (id) => {
      if (id?.type === "Identifier" && pattern.test(id.name) && !allowedNames.test(id.name))
        context.report({ node: id, message: `${id.name}: a bound is a maximum (maxRows), a function is a verb.` });
    };
    return {
      VariableDeclarator: ({ id }) => check(id),
      FunctionDeclaration: ({ id, params }) => [id, ...params].forEach(check),
    };
  },
};

/** The system's clock may be set at any time: no duration is a difference of two of its times. */
const monotonicDurations = {
  create(context) {
    const isNow = ({ type, callee }) =>
      type === "CallExpression" && callee.object?.name === "Date" && callee.property?.name === "now";
    return {
      BinaryExpression(node) {
        if (!/^[-<>]=?$/.test(node.operator) || !(isNow(node.left) || isNow(node.right))) return;
        const message = "Measure durations with performance.now(): the system's clock may be set meanwhile.";
        context.report({ node, message });
      },
    };
  },
};

/**
 * No line of a comment is wider than this. Code is the formatter's; examples in comments keep their
 * lines, and so do addresses.
 */
const commentWidth = {
  meta: { schema: [{ type: "number" }] },
  create(context) {
    const [width] = context.options;
    const lines = context.sourceCode.text.split("\n");
    const check = ({ loc }) => {
      for (let number = loc.start.line; number <= loc.end.line; number++) {
        const text = lines[number - 1];
        if (text.length <= width || !/^\s*(?:\/\/|\/?\*(?! {3}))/.test(text) || /https?:/.test(text)) continue;
        const at = { line: number, column: 0 };
        context.report({ loc: { start: at, end: at }, message: `A comment has at most ${width} columns.` });
      }
    };
    return { Program: () => context.sourceCode.getAllComments().forEach(check) };
  },
};

export default {
  meta: { name: "pawl" },
  rules: { names, "monotonic-durations": monotonicDurations, "comment-width": commentWidth },
};
