import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileDigest, listDigest, piecesDigest, sha256, sha256Bytes } from "../../../platform/digests.js";
import { useDirectory } from "../../support/directory.js";

const directory = useDirectory();
/** FIPS 180-4, appendix B.1. */
const ofAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

test("text, bytes, pieces and a file of the same content have the same digest", async () => {
  const file = path.join(directory(), "abc");
  writeFileSync(file, "abc");
  expect(sha256("abc")).toBe(ofAbc);
  expect(sha256(Buffer.from("abc"))).toBe(ofAbc);
  expect(sha256Bytes("abc").toString("hex")).toBe(ofAbc);
  expect(piecesDigest(["a", Buffer.from("b"), "c"])).toBe(ofAbc);
  expect(await fileDigest(file)).toEqual({ sha256: ofAbc, size: 3 });
  expect(await fileDigest(file, { inPlace: true })).toEqual({ sha256: ofAbc, size: 3 });
});

test("a file is read to its end, however many pieces it has, and none when it is empty", async () => {
  const content = Buffer.alloc((1 << 20) * 2 + 5, "pawl");
  writeFileSync(path.join(directory(), "long"), content);
  writeFileSync(path.join(directory(), "empty"), "");
  expect(await fileDigest(path.join(directory(), "long"))).toEqual({ sha256: sha256(content), size: content.length });
  expect(await fileDigest(path.join(directory(), "empty"))).toEqual({ sha256: sha256(""), size: 0 });
});

test("a reading that must stop throws the reason", async () => {
  writeFileSync(path.join(directory(), "abc"), "abc");
  const reason = new Error("stop");
  const signal = AbortSignal.abort(reason);
  await expect(fileDigest(path.join(directory(), "abc"), { signal })).rejects.toBe(reason);
});

test("one file has its own digest; several have that of sha256sum's list", () => {
  const [a, b] = [
    { name: "a", sha256: ofAbc },
    { name: "b", sha256: ofAbc },
  ] as const;
  expect(listDigest([a])).toBe(ofAbc);
  expect(listDigest([a, b])).toBe(sha256(`${ofAbc}  a\n${ofAbc}  b\n`));
});
