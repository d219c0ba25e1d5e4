// Carries the code of an error to whoever invoked the function: of what is thrown, the platform passes on the name and the message, and nothing else.
import type { KeeperError } from '../base/errors';

const CODE = / \[([a-z][a-z0-9-]*)\]$/;

/** Puts the code behind the name, as Node.js shows it for its own errors: `RunFailedError [release-differs]`. */
export function nameWithCode(error: KeeperError): void {
  if (!CODE.test(error.name)) error.name = `${error.name} [${error.code}]`;
}

/** The code in the `errorType` of a function's answer; undefined for what is no error of ours. */
export function codeIn(errorType: string): string | undefined {
  return CODE.exec(errorType)?.[1];
}
