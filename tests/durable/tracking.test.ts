import { MlflowDouble } from "../support/mlflow-double.js";
import { useFleet } from "./support/fleet.js";
import { plan, stage } from "./support/plans.js";
import { undeliveredOf } from "../../store/records/tracking.js";

const fleet = useFleet();
const server = new MlflowDouble();
afterAll(() => server.stop());

const steps = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

test("MLflow gets each step once, though the stage's worker and the process for trackers are killed", async () => {
  await fleet.supervisor.stop();
  await fleet.startWorkers({ PAWL_MLFLOW: await server.start() });
  const gate = fleet.gate();
  const program = { steps: 30, record: true, checkpointEvery: 5, crash: { at: 12, attempts: 1 }, hold: gate.file };
  const run = await fleet.launch(plan([stage("a", program)]));
  await server.until(() => server.steps("half").includes(15));
  process.kill(fleet.pid("trackers"), "SIGKILL");
  gate.open();
  await run.result();
  await server.until(() => server.runs[0]!.status === "FINISHED");
  expect(server.steps("half")).toEqual(steps(30));
  expect(server.runs).toMatchObject([{ name: `${run.workflowId}/a`, tags: { "pawl.pipeline": "test" } }]);
});

test("a run ends while MLflow is silent; later workers send what it missed", async () => {
  server.runs.length = 0;
  server.mode = "silent";
  const run = await fleet.launch(plan([stage("b", { steps: 8, record: true })]));
  await run.result();
  await fleet.supervisor.stop();
  server.mode = "works";
  await fleet.startWorkers({ PAWL_MLFLOW: server.address });
  await server.until(() => server.runs[0]?.status === "FINISHED");
  expect(server.steps("half")).toEqual(steps(8));
  expect(await undeliveredOf(fleet.home, run.workflowId)).toEqual([]);
});
