/**
 * Wraps a text into lines of at most `columns`, each indented by `indent`. A longer word gets its
 * own line.
 * @param width columns that a text takes
 */
export function wrapped(
  text: string,
  columns: number,
  indent = "",
  width: (text: string) => number = ({ length }) => length,
): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && width(indent + longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line !== "") lines.push(line);
  return lines.map((one) => indent + one).join("\n");
}
