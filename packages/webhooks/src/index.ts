export { targetProblem } from './address.js';
export { WebhookClient } from './client.js';
export { circuitPauseMs, FAILING_MS_MAX, isOnProbation, judge, type Verdict } from './retry-policy.js';
export { SecretBox } from './secret-box.js';
export { newWebhookSecret, signedHeaders } from './signature.js';
