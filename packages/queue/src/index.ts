export { connectCarrier, type CarrierOptions } from './connect.js';
export { migrateQueue } from './postgres-carrier.js';
export { Carrier, type Bus, type News, type Task } from './carrier.js';
export type { QueueWorker } from './bullmq.js';
export type { Envelope, LaneEnvelope } from './envelope.js';
export { laneOf } from './lanes.js';
export { Intake, OverloadedError, type Accepted, type IntakeOptions, type Placed, type Submitted } from './intake.js';
export { Waker } from './waker.js';
export { AppliedWatch } from './applied-watch.js';
