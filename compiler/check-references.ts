import { parseCondition } from "../expressions/condition.js";
import { ExpressionProblem } from "../expressions/problem.js";
import { expressionReferences } from "../expressions/references.js";
import type { Json, JsonObject } from "../platform/json.js";
import { append } from "../platform/lists.js";
import { secretName } from "../schemas/secrets.js";
import { namesInWebhook } from "./definition/webhooks.js";
import type { Problem } from "./problem.js";
import type { Edge } from "./references/graph.js";
import { referenceProblem, type Names } from "./references/references.js";
import { expressionProblem, resolve, type Known, type PlacedReference, type Resolved } from "./references/resolve.js";
import type { StandIn } from "./references/stand-in.js";
import { definitionForm } from "./schema/forms.js";
import { schemaAt, type Path } from "./schema/schema.js";

/**
 * What the expressions of a stage can name and know: of all of them, or in one combination of its
 * matrix.
 */
export interface Scope {
  known: Known;
  names: Names;
  combination?: JsonObject;
}

/** Replaces expressions, and notes what they name. */
export class ReferenceCollector {
  readonly problems: Problem[] = [];
  readonly edges: Edge[] = [];
  readonly usedInputs = new Set<string>();

  /** @param scope of all stages */
  constructor(readonly scope: Scope) {}

  /** Settings may use inputs only: they must be known before the run. */
  resolveSettings(value: Json, path: Path, standIns: StandIn[]): Json {
    const resolved = resolve(value, path, this.scope.known);
    append(this.problems, resolved.problems);
    for (const placed of resolved.references) {
      const { reference } = placed;
      if (reference.kind === "input") this.#reference(placed, this.scope.names);
      else this.problems.push(notInSettings(placed));
    }
    append(standIns, resolved.standIns);
    return resolved.value;
  }

  /**
   * What belongs to the whole run may use inputs, facts of the run and, where the schema says so,
   * secrets.
   */
  resolveForRun(value: Json, path: Path, standIns: StandIn[]): Json {
    const resolved = this.replaceExpressions(value, path, this.scope);
    for (const placed of resolved.references) {
      const { kind } = placed.reference;
      const takesSecret = schemaAt(definitionForm(), placed.path)?.["x-secret"] === true;
      if (kind === "input" || kind === "run" || kind === "secret")
        this.#reference(placed, { ...this.scope.names, ...namesInWebhook(placed.path) }, undefined, takesSecret);
      else this.problems.push(notOfRun(placed));
    }
    append(standIns, resolved.standIns);
    return resolved.value;
  }

  /** @param takesSecret whether a secret may stand at a path */
  resolve(
    value: Json,
    path: Path,
    scope: Scope,
    stage?: string,
    takesSecret: (at: Path) => boolean = () => false,
  ): Resolved {
    const resolved = this.replaceExpressions(value, path, scope);
    for (const placed of resolved.references) this.#reference(placed, scope.names, stage, takesSecret(placed.path));
    return resolved;
  }

  replaceExpressions(value: Json, path: Path, { known }: Scope): Resolved {
    const resolved = resolve(value, path, known);
    append(this.problems, resolved.problems);
    return resolved;
  }

  #reference(placed: PlacedReference, names: Names, stage?: string, takesSecret = false): void {
    const { reference, path } = placed;
    if (reference.kind === "secret") {
      const misused = secretProblem(placed, takesSecret);
      if (misused !== undefined) this.problems.push(misused);
      return;
    }
    const problem = referenceProblem(placed, names);
    if (problem !== undefined) this.problems.push(problem);
    if (reference.kind === "input") this.usedInputs.add(reference.name);
    if (stage === undefined || !("stage" in reference)) return;
    const { offset, length } = reference;
    this.edges.push({ stage, need: reference.stage, path, span: { offset, length } });
  }

  condition(id: string, text: string, path: Path, { names }: Scope): void {
    try {
      for (const reference of expressionReferences(parseCondition(text)))
        this.#reference({ reference, path }, names, id);
    } catch (error) {
      if (!(error instanceof ExpressionProblem)) throw error;
      this.problems.push(expressionProblem(error, path));
    }
  }
}

/** A secret that would be logged, or that cannot be one. */
function secretProblem({ reference, path }: PlacedReference, takesSecret: boolean): Problem | undefined {
  if (reference.kind !== "secret" || (takesSecret && secretName.test(reference.name))) return undefined;
  return {
    code: "NOT_ALLOWED",
    path,
    span: { offset: reference.offset, length: reference.length },
    message: takesSecret ? `: ${reference.name} cannot be the name of a secret` : ": a secret would be logged here",
    expected: takesSecret ? "letters, digits and _" : "a secret only in `env`, or in `url` of `notify`",
    got: reference.text,
    next: takesSecret ? "rename the secret" : "give it to the program: with.env, uses: command",
  };
}

function notInSettings({ reference, path }: PlacedReference): Problem {
  return {
    code: "BAD_EXPRESSION",
    path,
    span: { offset: reference.offset, length: reference.length },
    message: ": outside `with`, `if` and `outputs` an expression may use inputs only",
    expected: "inputs.NAME",
    got: reference.text,
    next: "use an input, or write the value",
  };
}

function notOfRun({ reference, path }: PlacedReference): Problem {
  return {
    code: "BAD_EXPRESSION",
    path,
    span: { offset: reference.offset, length: reference.length },
    message: ": for the whole run, an expression may use inputs, run and secrets only",
    expected: "inputs.NAME, run.NAME or secrets.NAME",
    got: reference.text,
    next: path[0] === "env" ? "set the variable in with.env of the stage" : "use what is known of the run",
  };
}
