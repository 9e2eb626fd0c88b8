/** Prints the line that continuous integration reads: `N passed, N failed, N skipped`. */
module.exports = class {
  onRunComplete(_, results) {
    const skipped = results.numPendingTests + results.numTodoTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    process.stdout.write(`\n${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
  }
};
