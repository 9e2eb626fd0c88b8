/** Thrown by a stage of the project's own: what is wrong will be wrong again, so that a retry is of no use. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
