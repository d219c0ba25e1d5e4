// Words the failure of a function that the local cloud has run.
import type { FcRecord } from '../local';
import { isRecord, parseJson } from './rehearsal/documents';

export interface FunctionFailure {
  readonly message: string;
  /** What to do; undefined when the function did not say. */
  readonly hint: string | undefined;
}

/** The answer says what failed; the function's log also says what to do. */
export function failureOf({ body, logs }: FcRecord): FunctionFailure {
  const text = body.toString('utf8');
  const answer = parseJson(text);
  const entry = logs.map((line) => parseJson(line)).findLast((each) => isRecord(each) && typeof each['hint'] === 'string');
  return {
    message: isRecord(answer) && typeof answer['errorMessage'] === 'string' ? answer['errorMessage'] : text,
    hint: isRecord(entry) ? String(entry['hint']) : undefined,
  };
}
