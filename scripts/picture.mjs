// `npm run picture`: draws docs/pictures/run.svg, what a terminal shows while
// `pawl run tiny -i steps=600` pre-trains. The command runs in a pseudo-terminal with its own home
// directory; the last screen on which its stage runs, with a curve, becomes the picture.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import xterm from "@xterm/headless";
import { root } from "./steps.mjs";

const [columns, rows] = [96, 16];
const running = /● base .*[▁-█]{5} .*left/;
const pawl = path.join(root, "dist/cli/main.js");

/** Python's program that runs a command in a pseudo-terminal of a size: rows, columns, command. */
const inTerminal = `
import fcntl, os, pty, struct, sys, termios
child, terminal = pty.fork()
if child == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", int(sys.argv[1]), int(sys.argv[2]), 0, 0))
    os.execvp(sys.argv[3], sys.argv[3:])
while True:
    try:
        read = os.read(terminal, 65536)
    except OSError:
        break
    if not read:
        break
    os.write(1, read)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

/** The lines of the screen; each is a list of pieces of one style. */
function readScreen(terminal) {
  const buffer = terminal.buffer.active;
  return Array.from({ length: rows }, (_, row) => linePieces(buffer.getLine(buffer.baseY + row)));
}

function linePieces(line) {
  const pieces = [];
  for (let column = 0; column < columns; column++) {
    const cell = line.getCell(column);
    const style = [
      cell.isFgPalette() ? `c${cell.getFgColor()}` : "",
      cell.isBold() ? "bold" : "",
      cell.isDim() ? "dim" : "",
    ]
      .filter(Boolean)
      .join(" ");
    const last = pieces.at(-1);
    if (last?.style === style) last.text += cell.getChars() || " ";
    else pieces.push({ style, text: cell.getChars() || " ", column });
  }
  return pieces;
}

const lineText = (line) => line.map(({ text }) => text).join("");

const [cellWidth, lineHeight, margin] = [8.4, 19, 14];
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function renderSvg(lines) {
  const shown = [[{ style: "dim", text: "$ npx pawl run tiny -i steps=600", column: 0 }], ...lines];
  const text = shown.flatMap((line, row) =>
    line
      .filter((piece) => piece.text.trim() !== "")
      .map(({ style, text: content, column }) => {
        const kept = content.trimEnd();
        const [x, y] = [margin + column * cellWidth, margin + (row + 0.75) * lineHeight];
        const length = ([...kept].length * cellWidth).toFixed(1);
        const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" textLength="${length}"`;
        return `<text class="${style}" ${place} xml:space="preserve">${escaped(kept)}</text>`;
      }),
  );
  const [width, height] = [2 * margin + columns * cellWidth, 2 * margin + shown.length * lineHeight];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(0)} ${height}" role="img">`,
    "<title>A terminal while pawl run tiny trains: the tree of its stages with progress and metrics</title>",
    `<style>
rect { fill: #f6f8fa } text { font: 14px ui-monospace, Menlo, Consolas, monospace; fill: #1f2328 }
.bold { font-weight: bold } .dim { opacity: 0.6 }
.c1 { fill: #cf222e } .c2 { fill: #1a7f37 } .c3 { fill: #9a6700 } .c4 { fill: #0969da } .c5 { fill: #8250df } .c6 { fill: #1b7c83 }
@media (prefers-color-scheme: dark) {
  rect { fill: #0d1117 } text { fill: #e6edf3 }
  .c1 { fill: #ff7b72 } .c2 { fill: #3fb950 } .c3 { fill: #d29922 } .c4 { fill: #58a6ff } .c5 { fill: #bc8cff } .c6 { fill: #39c5cf }
}
</style>`,
    `<rect width="100%" height="100%" rx="8"/>`,
    ...text,
    "</svg>",
    "",
  ].join("\n");
}

const home = mkdtempSync(path.join(tmpdir(), "pawl-picture-"));
const environment = { ...process.env, PAWL_HOME: home, TERM: "xterm-256color", CI: "", NO_COLOR: "" };
for (const name of ["CI", "NO_COLOR"]) delete environment[name];
const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
const child = spawn(
  "python3",
  ["-c", inTerminal, String(rows), String(columns), process.execPath, pawl, "run", "tiny", "-i", "steps=600"],
  { cwd: root, env: environment, stdio: ["ignore", "pipe", "inherit"] },
);
let picture;
for await (const bytes of child.stdout) {
  await new Promise((done) => terminal.write(bytes, done));
  const screen = readScreen(terminal);
  if (screen.some((line) => running.test(lineText(line)))) picture = screen;
}
const stop = spawn(process.execPath, [pawl, "up", "--stop"], { cwd: root, env: environment, stdio: "inherit" });
await new Promise((done) => stop.on("exit", done));
rmSync(home, { recursive: true, force: true });
if (picture === undefined) throw new Error("the stage was never on the screen");
const first = picture.findIndex((line) => /● running/.test(lineText(line)));
const last = picture.findLastIndex((line) => lineText(line).trim() !== "");
writeFileSync(path.join(root, "docs/pictures/run.svg"), renderSvg(picture.slice(first, last + 1)));
