export { SaldoClient } from './saldo-client.js';
export { SaldoError, StillQueuedError, WebhookError } from './errors.js';
export { verifyWebhook } from './verify-webhook.js';
export type { Balance, HistoryEntry, Job, Operation, Service } from './types.js';
