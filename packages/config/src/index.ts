export { readSettings, SettingsError, SETTINGS, type Settings } from './settings.js';
export { createLogger, type Logger } from './logger.js';
