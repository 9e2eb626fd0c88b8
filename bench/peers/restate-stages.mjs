/**
 * Restate's side of `bench orchestrator`: a handler that runs N trivial durable steps in a row,
 * with Restate's own server. Each line `run N` is answered with its seconds. Arguments: the
 * directory of the packages, and four free ports.
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";

const [directory, portList] = process.argv.slice(2);
const [node, admin, ingress, service] = JSON.parse(portList);
const sdk = createRequire(path.join(directory, "package.json"))("@restatedev/restate-sdk");

const rows = sdk.service({
  name: "rows",
  handlers: {
    run: async (context, count) => {
      let value = 0;
      for (let i = 0; i < count; i++) value = await context.run(`s${i}`, () => i + 1);
      return value;
    },
  },
});
await sdk.serve({ services: [rows], port: service });

const server = spawn(path.join(directory, "node_modules", ".bin", "restate-server"), ["--no-logo"], {
  stdio: "ignore",
  env: {
    ...process.env,
    RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
    RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
    RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
  },
});
process.on("exit", () => server.kill());

async function post(port, where, body) {
  const response = await fetch(`http://127.0.0.1:${port}${where}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`Restate's server answers ${response.status}: ${await response.text()}`);
  return response.json();
}

/** The server is up when it takes the registration. */
async function register() {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`Restate's server ended with code ${server.exitCode}`);
    try {
      return await post(admin, "/deployments", { uri: `http://127.0.0.1:${service}` });
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

await register();
for await (const line of createInterface({ input: process.stdin })) {
  const count = Number(line.split(" ")[1]);
  const began = performance.now();
  if ((await post(ingress, "/rows/run", count)) !== count) throw new Error("Restate returned something else");
  process.stdout.write(`${(performance.now() - began) / 1000}\n`);
}
process.exit();
