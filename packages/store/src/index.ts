export { connectDatabase, knexConfig, type Database } from './database.js';
export { migrate } from './migrate.js';
export { isUnavailable, LanesChangedError, MigrationsPendingError } from './errors.js';
export { acceptOperations, type AcceptedJob, type NewJob } from './accept-operations.js';
export { AccountIds } from './account-ids.js';
export { LaneApplier, type LaneMove } from './apply-lane.js';
export { readProgress } from './cursors.js';
export { readJobs, type Ended, type Entry, type Job } from './read-jobs.js';
export { listJobs, type JobStatus } from './list-jobs.js';
export { readBalance } from './read-balance.js';
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
export { verify } from './verify.js';
export { isReachable } from './reachable.js';
export { giveServiceLogin, isRestricted, SERVICE_ROLE } from './service-role.js';
