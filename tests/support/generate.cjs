/**
 * Before the tests: generates compiler/generated/ where it is missing or older than the schemas.
 */
module.exports = async () => {
  const { provideGenerated } = await import("../../scripts/setup/generated.mjs");
  provideGenerated();
};
