export { connectDatabase, knexConfig, type ConnectOptions, type Database } from './database.js';
export { migrate } from './migrate.js';
export { isUnavailable, LanesChangedError } from './errors.js';
export { acceptOperations, type Acceptance, type AcceptedJob, type NewJob } from './accept-operations.js';
export { AccountIds } from './account-ids.js';
export { LaneApplier, type LaneMove } from './apply-lane.js';
export { readProgress, type LaneProgress } from './cursors.js';
export { readJobs, type Ended, type Entry, type Job } from './read-jobs.js';
export { listJobs, type JobFilter, type JobStatus } from './list-jobs.js';
export { readBalance, type WalletBalance } from './read-balance.js';
export {
  listUserOperations,
  type HistoryCursor,
  type HistoryEntry,
  type HistoryFilter,
} from './list-user-operations.js';
export {
  createApiKey,
  ensureAdminKey,
  findApiKey,
  listApiKeys,
  revokeApiKey,
  type ApiKey,
  type Role,
} from './api-keys.js';
export { listServices, putService, type Service } from './services.js';
export { verify, type Verification } from './verify.js';
export { isReachable } from './reachable.js';
