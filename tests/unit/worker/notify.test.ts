import type { Plan } from "../../../schemas/plan.js";
import { storeId } from "../../../store/ownership/identity.js";
import { savePlan } from "../../../store/records/runs.js";
import { grantPlan } from "../../../worker/authority/plans.js";
import { deliver } from "../../../worker/bookkeeping/notify.js";
import { useDirectory } from "../../support/directory.js";
import { plan } from "../../durable/support/plans.js";

const home = useDirectory();
const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

/** What becomes of a notification of a run with a grant. */
async function delivered(url: string, inputs: Plan["inputs"]): Promise<unknown> {
  const retry = { maxAttempts: 1, intervalMs: 1, factor: 1, maxIntervalMs: 1 };
  const granted = grantPlan(home(), "run", plan([], { inputs, notify: [{ url, on: ["failed"], retry }] }));
  await savePlan(home(), "run", granted, "");
  const delivery = { runId: "run", webhook: 0, event: { status: "failed" as const }, key: "key" };
  const store = await storeId(home());
  return deliver(home(), "default", { ...delivery, store }).catch((error: unknown) => error);
}

test("a secret that an input names is not read, alone or beside one that the template names", async () => {
  process.env["PAWL_SECRET_HOOK"] = "ftp://example.org/secret-path";
  const hook = "${{ secrets.HOOK }}";
  const read: string[] = [];
  process.env = new Proxy(process.env, {
    get: (variables, name: string) => {
      if (name.startsWith("PAWL_SECRET_")) read.push(name);
      return variables[name];
    },
  });
  expect(await delivered("${{ inputs.hook }}", { hook })).toMatchObject({ code: "NOTIFICATION_REFUSED" });
  expect(read).not.toContain("PAWL_SECRET_HOOK");
  expect(await delivered("https://example.org/${{ inputs.hook }}${{ secrets.OTHER }}", { hook })).toMatchObject({
    code: "SECRET_MISSING",
    message: "this worker has no secret OTHER",
  });
  expect(read).not.toContain("PAWL_SECRET_HOOK");
  expect(await delivered("${{ secrets.HOOK }}", {})).toMatchObject({ code: "NOTIFICATION_REFUSED" });
  expect(read).toContain("PAWL_SECRET_HOOK");
});
