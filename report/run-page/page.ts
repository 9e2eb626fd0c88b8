import { Html, markup } from "../html.js";
import { style } from "./style.js";

/** A section that the page links to. */
export interface Section {
  id: string;
  title: string;
  content: Html;
}

/**
 * A page as one file: no script, no address outside of it, which its policy also forbids.
 * @param heading what comes before the list of sections
 */
export function page(title: string, heading: Html, sections: readonly Section[], footer: string): string {
  const links = sections.map(({ id, title: name }) => markup`<li><a href="#${id}">${name}</a></li>`);
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <title>${title}</title>
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body>
        <header>
          ${heading}
          <nav aria-label="Sections">
            <ul>
              ${links}
            </ul>
          </nav>
        </header>
        <main>${sections.map(({ content }) => content)}</main>
        <footer><p class="muted">${footer}</p></footer>
      </body>
    </html>\n`.text;
}
