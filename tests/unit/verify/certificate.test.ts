import { createCertificate } from "../../../verify/certificate.js";

const proved = { equal: true, runSeed: 11, digests: {}, differences: [], kept: [], stress: [] };
const pipeline = { file: "/home/someone/tiny.yaml", text: "name: tiny\n", inputs: {} };

test("a certificate names the seed of the runs, however they were killed", () => {
  const everyCheckpoint = { ...proved, everySteps: 25, points: [], incomplete: [], withoutKills: [] };
  expect(createCertificate(everyCheckpoint, pipeline)).toMatchObject({ pipeline: { file: "tiny.yaml", seed: 11 } });
  const random = {
    ...proved,
    kills: { worker: 1, workflows: 0, server: 0, insideCheckpoint: 0 },
    runs: 1,
    workAgainMs: [],
  };
  expect(createCertificate(random, { ...pipeline, seed: 7 })).toMatchObject({ pipeline: { seed: 11 }, seed: 7 });
});
