export {
  boundsOfMonth,
  filenameOf,
  FORMATS,
  MONTH,
  periodOf,
  readRequest,
  writeRequest,
  type OperationsRequest,
  type Period,
  type ReportRequest,
} from './request.js';
export type { Batches, Cell, Shape } from './shape.js';
export {
  balanceCells,
  movementCells,
  operationCells,
  OPERATIONS_SHAPE,
  revenueCells,
  REVENUE_SHAPE,
  STATEMENT_SHAPE,
  sumOf,
  TRIAL_BALANCE_SHAPE,
  trialBalanceCells,
} from './shapes.js';
export { withoutFormula } from './csv.js';
export { PART_SUFFIX, STORED_NAME, storedName, writeReportFile } from './report-file.js';
export { sealManifest, writeManifest, type ClosingFacts } from './manifest.js';
export { reportJob, reportPaths, type ReportJobJson } from './report-job.js';
export { checkReportFile, MANIFEST_SUFFIX, type FileCheck } from './check-file.js';
