// Log files as the RDS API names them.
import type { LogPiece } from '../world/log-files';
import type { EngineName } from '../world/state';

/** Binlogs are numbered in six digits, write-ahead logs in three times eight hexadecimal ones. */
export function logFileName(engine: EngineName, piece: LogPiece): string {
  if (engine === 'PostgreSQL') return `0000000400000000${piece.number.toString(16).toUpperCase().padStart(8, '0')}`;
  if (engine === 'SQLServer') return `log_${piece.number}.bak`;
  return `mysql-bin.${String(piece.number % 1_000_000).padStart(6, '0')}`;
}
