// The permissions that each method of the invoker needs.
import type { Invoker } from '../../domain/ports';
import { RAM_ACTION } from './errors';

/** The RAM actions behind each method. Stopping or reading tasks is not the keeper's. */
export const INVOKER_ACTIONS: Readonly<Record<keyof Invoker, readonly string[]>> = {
  invoke: [RAM_ACTION],
};
