// Keeps the newest invocations that have ended, within bounds of number and size.
import type { FcRecord } from './kinds';

const KEPT_RECORDS = 10_000;
const KEPT_BYTES = 256 * 1024 * 1024;

export interface RecordList {
  add(record: FcRecord): void;
  /** Oldest first. */
  all(): readonly FcRecord[];
}

export function makeRecordList(keptBytes = KEPT_BYTES): RecordList {
  const records: FcRecord[] = [];
  let bytes = 0;
  return {
    add: (record) => {
      records.push(record);
      bytes += sizeOf(record);
      while (records.length > KEPT_RECORDS || (bytes > keptBytes && records.length > 1)) {
        const dropped = records.shift();
        bytes -= dropped === undefined ? 0 : sizeOf(dropped);
      }
    },
    all: () => [...records],
  };
}

/** Nearly: a character of a log is counted as one byte. */
function sizeOf({ body, logs }: FcRecord): number {
  return logs.reduce((sum, line) => sum + line.length, body.length);
}
