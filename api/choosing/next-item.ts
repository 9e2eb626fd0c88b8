import { choicesByItem, findVote, votesByPerson, type ChoiceRequestState } from "../../schemas/choices.js";

/**
 * The item that a person chooses at next: the first one of `order` at which neither they nor enough
 * others have chosen, else the first at which they have not.
 * @param order of the items; default: from 1
 * @returns undefined if the person has chosen at every item
 */
export function nextItem(
  choiceRequest: ChoiceRequestState,
  person: string,
  order: readonly number[] = numbersTo(choiceRequest.items),
): number | undefined {
  const { people = 1 } = choiceRequest;
  const made = choicesByItem(votesByPerson(choiceRequest));
  const open = order.filter((item) => findVote(choiceRequest, person, item) === undefined);
  return open.find((item) => (made.get(item)?.length ?? 0) < people) ?? open[0];
}

/** 1 to `count`. */
export const numbersTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
