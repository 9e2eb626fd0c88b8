/** Names of secrets: what an environment variable may be called. */
export const secretName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/**
 * What stands for a secret in evaluated settings, in keys, history and logs: its name, never its
 * value. Such a text alone is data: only a `SecretPlace` says that it stands for a secret.
 */
export const secretMarker = (name: string): string => `\${{ secrets.${name} }}`;

/**
 * A text as a template that evaluates to it: secrets by name, and everything else escaped.
 * Different texts, and texts with other secrets, have different templates.
 * @param places of secrets in the text, in order
 */
export function asTemplate(text: string, places: readonly Pick<SecretPlace, "offset" | "name">[]): string {
  const escaped = (data: string): string => data.replaceAll("${{", "${{ '${{' }}");
  let from = 0;
  const pieces = places.map(({ offset, name }) => {
    const before = text.slice(from, offset);
    from = offset + secretMarker(name).length;
    return escaped(before) + secretMarker(name);
  });
  return pieces.join("") + escaped(text.slice(from));
}

/**
 * Where a secret belongs in an evaluated value: in place of its marker at `offset` of the text at
 * `path`. Places come from what a template names literally. No data can add one, whatever it
 * contains.
 */
export interface SecretPlace {
  /** Keys and indices that lead to the text. */
  path: (string | number)[];
  offset: number;
  name: string;
}
