// Structured logs: one JSON line per event, a static message and fields, secrets removed.
import { type DestinationStream, destination, pino } from 'pino';

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A logger that adds these fields to every line. */
  child(fields: LogFields): Logger;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Field names whose values never appear, at the first two levels of a line. */
const SECRET_FIELDS = [
  'accessKeyId',
  'accessKeySecret',
  'secretAccessKey',
  'securityToken',
  'stsToken',
  'bearerToken',
  'token',
  'password',
  'secret',
  'authorization',
  'credentials',
];

/** `toStderr` keeps stdout free for a command's own output. Writes are synchronous: a frozen or killed process loses nothing. */
export function makeLogger(options: { readonly level: LogLevel; readonly toStderr?: boolean; readonly stream?: DestinationStream }): Logger {
  return pino(
    {
      level: options.level,
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '[removed]' },
    },
    options.stream ?? destination({ dest: options.toStderr === true ? 2 : 1, sync: true }),
  );
}

export function isLogLevel(text: string): text is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(text);
}

/** For tests and for callers that do not care. */
export const silentLogger: Logger = makeLogger({ level: 'silent' });
