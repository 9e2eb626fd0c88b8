/** The page's style, light and dark. */
export const style = `
:root { color-scheme: light dark; --text: #1c2430; --dim: #5d6b7e; --ground: #fbfbf9; --card: #ffffff; --line: #e3e5e1;
  --accent: #2f6fb2; --negative: #c2562d; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ee; --dim: #98a4b5; --ground: #14181e; --card: #1c222b;
  --line: #2d3642; --accent: #6aa9e9; --negative: #ee8a5f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground); max-width: 1180px;
  margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 19px; margin: 40px 0 12px; }
h3 { font: 600 14px/1.4 ui-monospace, monospace; margin: 0; overflow-wrap: anywhere; }
p { margin: 4px 0; } .dim { color: var(--dim); }
.metrics { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 20px 0 0; padding: 0; list-style: none; }
.metrics b { display: block; font-size: 22px; font-variant-numeric: tabular-nums; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(306px, 1fr)); gap: 14px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px; }
.card p { font-size: 13px; } .card svg { margin-top: 8px; max-width: 100%; height: auto; }
.wide { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px; overflow-x: auto; }
svg text { font: 10px system-ui, sans-serif; fill: var(--text); } .axis { stroke: var(--line); fill: none; }
.bars { fill: var(--accent); } .negative { fill: var(--negative); }
.graph { width: 100%; max-width: 860px; display: block; margin: auto; }
.graph .edges { stroke: var(--dim); stroke-opacity: 0.28; stroke-width: 0.8; fill: none; }
.graph circle { stroke: var(--card); stroke-width: 1; }
.graph text { font: 11px system-ui, sans-serif; fill: var(--text); text-anchor: middle; paint-order: stroke;
  stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
${Array.from({ length: 10 }, (_, i) => `.hue-${i} { fill: hsl(${(212 + i * 137) % 360} 58% 55%); }`).join("\n")}
`;
