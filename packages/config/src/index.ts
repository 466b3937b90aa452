export { readSettings, SettingsError, SETTINGS, type LogLevel, type Settings } from './settings.js';
export { createLogger, type Logger } from './logger.js';
