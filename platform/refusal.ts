/** A stage of the project's own throws it when a retry would fail in the same way. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
