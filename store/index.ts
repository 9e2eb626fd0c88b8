/**
 * What Pawl keeps on disk, below one home directory: artifacts by digest, results by stage key, checkpoints, runs and
 * their logs. Every function takes the home directory first; several processes may use it at the same time.
 */
export { homeDirectory, layout, refuseForeignHome, safeName } from "./home.js";
export {
  distrustArtifact,
  hasArtifacts,
  openArtifact,
  openArtifactFile,
  putArtifact,
  useArtifacts,
  useArtifactsIn,
} from "./artifacts.js";
export { checkpointSteps, isCheckpointGone, openCheckpoints, type Checkpoints } from "./checkpoints.js";
export {
  findResult,
  recordedResult,
  recordResult,
  resultAgeMs,
  stageKey,
  useResult,
  type Hardware,
  type ResultRecord,
  type StageIdentity,
} from "./results.js";
export { allResults } from "./all-results.js";
export { findArtifact, readArtifactManifest } from "./find-artifact.js";
export { collectGarbage, type GcKind, type GcReason } from "./gc.js";
export { childRuns, exportRun, type RunKeys } from "./run-file/export-run.js";
export { importRun } from "./run-file/import-run.js";
export { findTrainingData } from "./training-data.js";
export { damagedText } from "./records.js";
export { fileSignature, readDigest, rememberedDigest, sourceChanged, type SourceDigest } from "./source-digests.js";
export { findLatest, recordLatest } from "./latest.js";
export { explainDefinition, explainPlan } from "./definition-changes.js";
export { explainChange, missingSources } from "./reasons.js";
export {
  findDefinition,
  findParent,
  findPlan,
  findRecord,
  listRecords,
  newestRecords,
  recordIndex,
  savePlan,
  saveRecord,
  writeRunFile,
  type RunRecord,
} from "./runs.js";
export { completeReplacements, replaceDirectory } from "./owned-directory.js";
export { takeLease, type StageLease } from "./leases.js";
export {
  addTime,
  followMetrics,
  openMetrics,
  readMetricColumns,
  readMetrics,
  type MetricColumn,
  type MetricsHistory,
  type MetricsRow,
  type StepTime,
} from "./metrics.js";
export {
  findDelivery,
  forgetTracked,
  readTracked,
  saveDelivery,
  trackAttempt,
  trackedFiles,
  undeliveredOf,
  undeliveredText,
  type Delivery,
  type LastSteps,
  type TrackedAttempt,
  type TrackedEnd,
} from "./tracking.js";
export { findSettings, saveSettings } from "./settings.js";
export { lastOutputFile } from "./program-output.js";
export { isRunState } from "./shapes.js";
export { appendLog, notifyLog, type LogEntry } from "./log.js";
export { readLog } from "./log-reader.js";
/** Files that are written atomically, for other parts of the home directory. */
export { readJson, writeFileWhole } from "./files.js";
export { storeError } from "./errors.js";
export { onWritePhase, type WritePhase, type WritePoint } from "./write-phases.js";
