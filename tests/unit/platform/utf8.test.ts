import fc from "fast-check";
import { utf8Text } from "../../../platform/text/utf8.js";
import { unicodeText } from "../../support/text.js";

test("UTF-8 comes back unchanged", () => {
  fc.assert(
    fc.property(unicodeText(), (text) => expect(utf8Text(Buffer.from(text), "a.yaml", "YAML_SYNTAX")).toBe(text)),
  );
});

test.each([
  ["Latin-1", Buffer.from("name: a\ntext: caf\xe9 au lait\n", "latin1"), "a.yaml:2:10", "0xe9"],
  ["a lone continuation byte", Buffer.from([0x61, 0x80]), "a.yaml:1:2", "0x80"],
  ["a character that the end cuts", Buffer.from("ä€".slice(0)).subarray(0, 4), "a.yaml:1:2", "0xe2"],
  [
    "behind characters U+FFFD that the file holds",
    Buffer.concat([Buffer.from("\uFFFD\n\uFFFD"), Buffer.from([0xff])]),
    "a.yaml:2:2",
    "0xff",
  ],
  ["a surrogate", Buffer.from([0x0a, 0xed, 0xa0, 0x80]), "a.yaml:2:1", "0xed"],
])("%s is refused at its place", (_, bytes, where, byte) => {
  expect(() => utf8Text(bytes, "a.yaml", "YAML_SYNTAX")).toThrow(
    expect.objectContaining({
      code: "YAML_SYNTAX",
      facts: expect.objectContaining({ where, got: `the byte ${byte}` }),
    }),
  );
});
