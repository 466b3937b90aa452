export { connectDatabase, knexConfig, type Database } from './database.js';
export { migrate } from './migrate.js';
export { isUnavailable, LanesChangedError, MigrationsPendingError } from './errors.js';
export { acceptOperations, type AcceptedJob, type NewJob } from './accept-operations.js';
export { AccountIds } from './account-ids.js';
export { LaneApplier, type LaneMove } from './apply-lane.js';
export { readProgress } from './cursors.js';
export { readJobs, type Ended, type Entry, type Job } from './read-jobs.js';
export { listJobs, type JobFilter, type JobStatus } from './list-jobs.js';
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
export { endedJson, jobJson, queuedJob, type EndedJson, type JobJson } from './job-json.js';
export { EVENT_PATTERNS } from './event-types.js';
export { findEventNumber, readEvents, readEventsById, recordEvents, type Event } from './events.js';
export {
  changeWebhookEndpoint,
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  disableWebhookEndpoint,
  enableWebhookEndpoint,
  findWebhookEndpoint,
  listWebhookEndpoints,
  rotateWebhookSecret,
  type WebhookEndpoint,
} from './webhook-endpoints.js';
export {
  DELIVERY_STATUSES,
  findWebhookDelivery,
  listWebhookDeliveries,
  replayWebhooks,
  retryWebhookDelivery,
  testWebhookEndpoint,
  type DeliveryStatus,
  type WebhookDelivery,
} from './webhook-deliveries.js';
export {
  cleanWebhooks,
  continueReplay,
  findDueWebhookEndpoints,
  keepWebhookEndpoints,
  readDueDeliveries,
  readListeningEndpoint,
  releaseWebhookEndpoint,
  takeWebhookEndpoint,
  writeWebhookAttempts,
  type DueDelivery,
  type FinishedAttempt,
} from './webhook-work.js';
export { checkSecretKey, claimSecretKey, SecretKeyError } from './secret-key-check.js';
export { readLinkKey } from './secrets.js';
export type { Report, ReportFile } from './reports/report.js';
export { orderReport } from './reports/order-report.js';
export { findIdleReports, findReportByFile, findSameReport, listReports, readReports } from './reports/read-reports.js';
export { claimReport, releaseReport, renewClaim, type ClaimedReport } from './reports/claim-report.js';
export {
  cancelReport,
  finishReport,
  type EndedReport,
  type ClosingEnd,
  type ReportEnd,
} from './reports/finish-report.js';
export { Snapshot } from './reports/snapshot.js';
export { readRevenue, revenueBasis, type RevenueLine } from './reports/read-revenue.js';
export {
  readStatementAccounts,
  readUserBasis,
  streamStatement,
  type StatementAccount,
  type StatementScope,
} from './reports/read-statement.js';
export { readOperationTotals, streamOperations } from './reports/read-operations.js';
export { readLedgerBasis, readTrialBalance } from './reports/read-trial-balance.js';
export {
  closeMonth,
  findClosing,
  listClosings,
  readPreviousHash,
  type CloseAnswer,
  type Closing,
} from './reports/closings.js';
export { expireReportFiles, findStrayFiles } from './reports/report-files.js';
export {
  createSchedule,
  deleteSchedule,
  listSchedules,
  orderScheduledReports,
  type NewSchedule,
  type ReportSchedule,
} from './reports/report-schedules.js';
export { giveServiceLogin, isRestricted, SERVICE_ROLE } from './service-role.js';
