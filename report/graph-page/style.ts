/** What the page needs beside the style of reports. */
export const style = `.network{max-width:860px;margin:auto}.network .edges{stroke:var(--muted);stroke-opacity:.28;stroke-width:.8;fill:none}
.network circle{stroke:var(--bg)}
.network text{fill:var(--fg);text-anchor:middle;paint-order:stroke;stroke:var(--bg);stroke-width:3px;stroke-linejoin:round}
${Array.from({ length: 10 }, (_, i) => `.hue-${i}{fill:hsl(${(212 + i * 137) % 360} 58% 55%)}`).join("")}
.negative{fill:var(--other)}
`;
