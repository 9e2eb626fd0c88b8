/**
 * Before tests that start Pawl's processes: builds dist/ where it is missing or older than the
 * sources.
 */
module.exports = async () => {
  const { build } = await import("../../scripts/setup/build.mjs");
  const { root } = await import("../../scripts/setup/sources.mjs");
  build(root);
};
