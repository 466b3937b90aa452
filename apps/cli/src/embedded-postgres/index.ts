export { startEmbeddedPostgres, runningUrl, type EmbeddedPostgres } from './embedded-postgres.js';
export { clusterExists, clusterIn } from './cluster.js';
export { EmbeddedPostgresError } from './errors.js';
export { findFreePort } from './free-port.js';
export { startOf } from './processes.js';
