export { connectDatabase, knexConfig, type Database } from './database.js';
export { migrate } from './migrate.js';
export { isUnavailable, LanesChangedError } from './errors.js';
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
export {
  createCatalogueOrder,
  readCatalogueOrder,
  submitCatalogueOrder,
  ORDER_STATES,
  type CatalogueOrder,
} from './catalogue-orders.js';
export { companyAccountExists, putCompanyAccount } from './company-accounts.js';
export { createClient, createClientWallet, readClientWallets, type ClientWallet } from './clients.js';
export { listTransactions, type Transaction } from './list-transactions.js';
export { readMonthlyRevenue } from './monthly-revenue.js';
export { seedDemo, type DemoSeeded } from './seed-demo.js';
export { verify } from './verify.js';
export { isReachable } from './reachable.js';
