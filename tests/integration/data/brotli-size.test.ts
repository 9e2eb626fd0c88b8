import { brotliSize } from "../../../activities/evaluate/brotli-size.js";

test("the size of compressed text is found while the process goes on turning", async () => {
  const order: string[] = [];
  setImmediate(() => order.push("another turn"));
  expect(await brotliSize(Buffer.from("to and fro, ".repeat(1000)))).toBeLessThan(100);
  order.push("compressed");
  expect(order).toEqual(["another turn", "compressed"]);
});
