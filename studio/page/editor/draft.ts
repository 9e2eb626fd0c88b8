/** Unsaved text of a definition, kept in this browser until it is saved or given up. */
interface Draft {
  text: string;
  /** What the text was made from. */
  base: string;
}

const draftKey = (name: string): string => `pawl-draft ${name}`;

/** @param name of what is edited: `pipeline tiny`, `run tiny-x7k2p9` */
export function readDraft(name: string): Draft | undefined {
  try {
    const draft = JSON.parse(localStorage.getItem(draftKey(name)) ?? "null") as Partial<Draft> | null;
    return typeof draft?.text === "string" && typeof draft.base === "string" ? (draft as Draft) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a text; one that equals what it was made from is no draft. */
export function keepDraft(name: string, { text, base }: Draft): void {
  try {
    if (text === base) localStorage.removeItem(draftKey(name));
    else localStorage.setItem(draftKey(name), JSON.stringify({ text, base }));
  } catch {
    // The browser's storage is full or closed: the text stays in the page only.
  }
}
