// The pre-release gate: asked by events, HTTP requests and invocations, it answers at once whether every instance of a release has a backup that is held.

import { runPreRelease } from '../lib/run/release/run';
import type { FunctionContext } from '../lib/wire/function';
import { handleRelease, type ReleaseAnswer } from '../lib/wire/release-door';

export async function handler(event: Buffer, context: FunctionContext): Promise<ReleaseAnswer> {
  return handleRelease(runPreRelease, event, context, process.env);
}
