import { useState } from "preact/hooks";

const key = "pawl-person";

interface Answerer {
  known: string;
  isProved: boolean;
}

/** Who answers in this browser; empty: the user of the operating system that runs the studio. */
export const savedPerson = (): string => localStorage.getItem(key) ?? "";

/**
 * Who answers, and a way to change it: several people may answer, each under a name of their own.
 */
export function usePerson(): [person: string, set: (name: string) => void] {
  const [person, setPerson] = useState(savedPerson);
  const set = (name: string): void => {
    if (name === "") localStorage.removeItem(key);
    else localStorage.setItem(key, name);
    setPerson(name);
  };
  return [person, set];
}

/**
 * The name under which somebody answers, as a field unless their token has one.
 * @param known the name that the server uses
 */
export function PersonField({ known, isProved, onChange }: Answerer & { onChange: (name: string) => void }) {
  if (isProved)
    return (
      <span class="person" title="your token names you">
        <span class="muted">you are</span> <b>{known}</b>
      </span>
    );
  return (
    <label class="person">
      <span class="muted">you are</span>
      <input
        key={known}
        defaultValue={known}
        maxLength={200}
        autocomplete="off"
        spellcheck={false}
        aria-label="Your name"
        onChange={(event) => onChange(event.currentTarget.value.trim())}
      />
    </label>
  );
}
