/**
 * Phrases that no text of Pawl uses, what is written instead, and where one is allowed for a
 * reason.
 * @type {{ phrase: RegExp, instead: string, allowed?: string[] }[]}
 */
export const phrases = [
  { phrase: /\btaken for lost\b/i, instead: "considered lost" },
  { phrase: /\bfalls? silent\b/i, instead: "stops sending heartbeats" },
  { phrase: /\b(go|goes|going|gone|went) on\b/i, instead: "resume, continue" },
  { phrase: /\b(is|are|was|were) told\b/i, instead: "reported, logged, printed" },
  { phrase: /\btells? of\b/i, instead: "describes, reports" },
  // A stage of the recorded histories has this name.
  { phrase: /\bmend(s|ed|ing)?\b/i, instead: "fix", allowed: ["tests/durable/replay/record.mjs"] },
  { phrase: /\bgiv(e|es|ing) way\b/i, instead: "yield" },
  { phrase: /\bmade-up\b/i, instead: "synthetic" },
  { phrase: /\bworked out\b/i, instead: "step by step" },
  { phrase: /\bso many\b/i, instead: "at most N, the number of" },
  { phrase: /\bwhole or absent\b/i, instead: "atomic" },
  { phrase: /\bundisturbed\b/i, instead: "uninterrupted" },
  { phrase: /\bfolders?\b/i, instead: "directory" },
  { phrase: /\bhas landed\b/i, instead: "exists" },
  { phrase: /\bof another build\b/i, instead: "of a different version" },
  { phrase: /\bread whole\b/i, instead: "read completely" },
  { phrase: /\bnone is left\b/i, instead: "no … remain" },
  { phrase: /\b(is|are|was|were) gone\b/i, instead: "no longer exists" },
  { phrase: /\bas it is\b/i, instead: "unchanged" },
  { phrase: /\bthat there (is|are)\b/i, instead: "existing" },
  { phrase: /\bwhat is asked\b/i, instead: "what is requested" },
  { phrase: /\bfigures?\b/i, instead: "metrics, numbers" },
];
