export { connectCarrier } from './connect.js';
export { migrateQueue } from './postgres-carrier.js';
export { Carrier, REPORT_QUEUE, type Bus } from './carrier.js';
export type { QueueWorker } from './bullmq.js';
export type { Envelope } from './envelope.js';
export { laneOf } from './lanes.js';
export { Intake, OverloadedError } from './intake.js';
export { Waker } from './waker.js';
export { AppliedWatch } from './applied-watch.js';
