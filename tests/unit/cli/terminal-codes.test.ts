import fc from "fast-check";
import { Screen } from "../../../cli/render/screen.js";
import { ownColors, ownEscape, release } from "../../../cli/terminal-codes.js";

test("colors and codes of Pawl's own reach the terminal, nothing else that steers it does", () => {
  const { bold, red } = ownColors(true);
  expect(release(bold(`a ${red("b")}`))).toBe("\u001b[1ma \u001b[31mb\u001b[39m\u001b[22m");
  expect(release(ownEscape("2A"))).toBe("\u001b[2A");
  expect(release(ownEscape("?25l"))).toBe("\u001b[?25l");
  expect(release(red("x\u001b[2J\u001b]0;title\u0007\r\u009b1A\u202e"))).toBe(
    "\u001b[31mx\\u001b[2J\\u001b]0;title\\u0007\\u000d\\u009b1A\\u202e\u001b[39m",
  );
  expect(release("lines\n\tand tabs")).toBe("lines\n\tand tabs");
});

test("without colors nothing is added", () => {
  expect(release(ownColors(false).red("x"))).toBe("x");
});

test("whatever a name holds, no control character is obeyed, and JSON stays the same JSON", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(release(text)).not.toMatch(/(?![\n\t])\p{Cc}/u);
      expect(JSON.parse(release(JSON.stringify({ text })))).toEqual({ text });
    }),
  );
});

test("secrets do not reach the terminal, wherever they stand", () => {
  expect(release(ownColors(true).red("see https://me:secret@example.com/x"))).toContain("https://***@example.com/x");
});

test("a screen is redrawn by own codes only", () => {
  let shown = "";
  const screen = new Screen((text) => (shown += release(text)));
  screen.draw(["one\u001b[9A", "two"], 80);
  screen.draw(["three"], 80);
  expect(shown).toContain("\u001b[2A");
  expect(shown).not.toContain("\u001b[9A");
});
