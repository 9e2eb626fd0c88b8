import type { Child } from "hono/jsx";
import type { JSX } from "hono/jsx/jsx-runtime";
import { htmlText } from "../html-text.js";
import { style } from "./style.js";

/** When a page was written, and by which version of Pawl. */
export interface Written {
  nowMs: number;
  version: string;
}

/** A section that the page links to. */
export interface Section {
  id: string;
  title: string;
  content: JSX.Element;
}

export const dateText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;

interface DocumentProps {
  title: string;
  /** Absent: the page does not say when it was written. */
  written?: Written;
  extraStyle?: string;
  /** What comes before the list of sections. */
  heading: Child;
  /** Those that are false are left out. */
  sections: readonly (Section | false)[];
}

/**
 * A page as the text of one file: no script, no address outside of it, which its policy also
 * forbids.
 */
export const documentText = (props: DocumentProps): string => htmlText(<Document {...props} />);

function Document({ title, written, extraStyle = "", heading, sections }: DocumentProps) {
  const present = sections.filter((section) => section !== false);
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: style + extraStyle }} />
      </head>
      <body>
        <header>
          {heading}
          <nav aria-label="Sections">
            <ul>
              {present.map(({ id, title: name }) => (
                <li>
                  <a href={`#${id}`}>{name}</a>
                </li>
              ))}
            </ul>
          </nav>
        </header>
        <main>
          {present.map(({ id, title: name, content }) => (
            <>
              <h2 id={id}>{name}</h2>
              {content}
            </>
          ))}
        </main>
        {written && (
          <footer>
            <p class="muted">
              Written by Pawl {written.version} at {dateText(written.nowMs)} from the store alone.
            </p>
          </footer>
        )}
      </body>
    </html>
  );
}
