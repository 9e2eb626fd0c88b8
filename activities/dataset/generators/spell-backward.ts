import type { ProblemGenerator } from "./generator.js";

const consonants = "bdfghjklmnprstvz";
const vowels = "aeiou";

/**
 * Words to be written last letter first, as reasoning-gym's `spell_backward` has them. Departures:
 * the words of the question; the word is made up of consonants and vowels by turns, so that no list
 * of words is needed, and no word can be memorized.
 */
export const spellBackward: ProblemGenerator = (pick, { letters }) => {
  const word = Array.from({ length: pick(...letters) }, (_, i) => {
    const alphabet = i % 2 === 0 ? consonants : vowels;
    return alphabet[pick(0, alphabet.length - 1)]!;
  });
  return { instruction: `Spell ${word.join("")} backward.`, response: word.toReversed().join("") };
};
