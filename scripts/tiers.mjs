/** Jest's projects in each tier that is run with every change. */
const everyday = {
  unit: ["unit"],
  integration: ["integration"],
  tensor: ["tensor", "tensor-no-xla"],
  durable: ["durable"],
  browser: ["browser"],
};

/** Jest's projects by tier, and `everyday`: all that a change waits for. */
export const tiers = {
  ...everyday,
  everyday: Object.values(everyday).flat(),
  nightly: ["nightly", "nightly-tensor", "nightly-tensor-no-xla"],
};
