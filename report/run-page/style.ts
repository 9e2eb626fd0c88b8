import { declaredColors } from "../colors.js";

/** The style of the page: the system's font and mode, an 8 px grid, a form for paper. */
export const style = `:root{color-scheme:light dark;${declaredColors.light}}
@media (prefers-color-scheme:dark){:root{${declaredColors.dark}}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1200px;padding:24px 16px 64px;background:var(--bg);color:var(--fg);
font:14px/20px system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:24px;line-height:32px;margin:0;overflow-wrap:anywhere}
h2{font-size:18px;line-height:24px;margin:40px 0 8px;padding-top:8px;border-top:1px solid var(--line)}
h3{font-size:14px;line-height:20px;margin:16px 0 8px}
p{margin:8px 0;max-width:80ch}.muted,caption,.caption{color:var(--muted)}
a{color:var(--accent)}nav ul{display:flex;flex-wrap:wrap;gap:4px 16px;margin:16px 0 0;padding:0;list-style:none}
code,pre,.mono{font:13px/18px ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:8px;overflow-x:auto;margin:8px 0}
.status{font-weight:600;white-space:nowrap}
${["accent", "ok", "warn", "bad", "calm", "muted"].map((name) => `.is-${name}{color:var(--${name})}`).join("")}
.numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:8px;margin:16px 0;padding:0}
.numbers>div{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:8px 16px}
.numbers dt{color:var(--muted);overflow-wrap:anywhere}.numbers dd{margin:0}
.numbers b{font-size:24px;line-height:32px}
.wide{overflow-x:auto;margin:8px 0}table{border-collapse:collapse;width:100%}
caption{text-align:left;padding:0 0 4px}
th,td{text-align:left;vertical-align:top;padding:4px 8px;border-bottom:1px solid var(--line)}
th{font-weight:600}tbody th{font-weight:400;overflow-wrap:anywhere;min-width:12ch}thead th{white-space:nowrap}
.number{text-align:right}td.number{white-space:nowrap}
.text{white-space:pre-wrap;overflow-wrap:anywhere;min-width:160px;max-width:60ch}.same{color:var(--muted)}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(280px,1fr));gap:8px}
.chart{margin:0;border:1px solid var(--line);border-radius:6px;padding:8px;break-inside:avoid}
.caption{overflow-wrap:anywhere}.caption b{color:var(--fg)}
svg{display:block;width:100%;height:auto}.sign{display:inline-block;width:12px;height:12px;vertical-align:-1px}
.shape{fill:none;stroke:currentColor;stroke-width:1.75;stroke-linecap:round;stroke-linejoin:round}.shape.is-filled{fill:currentColor}
svg text{fill:var(--muted);font:11px system-ui,sans-serif}
.axis{stroke:var(--line);fill:none}.curve{fill:none;stroke:currentColor;stroke-width:1.25;stroke-linejoin:round}
.line-0{color:var(--accent)}.line-1{color:var(--other)}.curve.line-1{stroke-dasharray:5 2}
.checkpoint{stroke:var(--muted);fill:none}.retry{fill:var(--warn)}
.swatch{display:inline-block;width:24px;border-top:2px solid;vertical-align:middle}.swatch.line-1{border-top-style:dashed}
.bar{width:160px;height:12px}.bar rect{fill:var(--line)}.bar .worked{fill:var(--accent)}
.graph rect{fill:var(--panel);stroke:var(--line)}.graph text{fill:var(--fg)}.graph .edge{stroke:var(--muted);stroke-opacity:.45;fill:none}
.graph .second{fill:var(--muted)}
.paper{background:#fff;border-radius:6px;padding:8px;display:inline-block;max-width:100%}.paper svg text{fill:#1b1f24}
.bars{fill:var(--accent)}
details{margin:8px 0}summary{cursor:pointer;color:var(--accent)}ul.tree{margin:0;padding-left:16px}
.notice{border-left:4px solid var(--warn);padding:4px 8px;margin:16px 0;background:var(--panel)}.notice.is-error{border-color:var(--bad)}
@media (max-width:640px){.wide{position:relative}thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
tr,td,tbody th{display:block;width:100%}tr{border-bottom:1px solid var(--line);padding:8px 0}
th,td{border:0;padding:2px 0}td::before{content:attr(data-title) ": ";color:var(--muted)}
.number{text-align:left}.text{max-width:none}tbody th{font-weight:600}}
@media print{body{max-width:none;padding:0;font-size:11px;line-height:15px}nav{display:none}
h2{break-after:avoid}tr,.chart{break-inside:avoid}.wide{overflow:visible}details::details-content{content-visibility:visible}.charts{grid-template-columns:repeat(3,1fr)}}
`;
