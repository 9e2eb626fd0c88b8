import { freePort, startDevServer } from "../../worker/dev-server.js";
import { useFolder } from "../support/folder.js";

jest.setTimeout(120_000);
const folder = useFolder();

test("of several servers that want one port at the same moment one runs; the others say that it is taken", async () => {
  const port = await freePort();
  const settled = await Promise.allSettled([1, 2, 3].map(() => startDevServer({ port })));
  const started = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const refused = settled.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  await Promise.all(started.map((server) => server.stop()));
  expect(started).toHaveLength(1);
  expect(refused).toEqual(Array(2).fill(expect.objectContaining({ code: "PORT_TAKEN" })));
});

test("a server that ends each time it is launched is an error that tells how it ended", async () => {
  await expect(startDevServer({ database: folder() })).rejects.toMatchObject({
    code: "SERVER_UNREACHABLE",
    facts: { got: "it ended with code 1" },
  });
});
