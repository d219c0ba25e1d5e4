// Function Compute: what other rooms may use.
export { type InvokerOptions, makeInvoker } from './invoker';
export type { FcClientName, FcTarget } from './kinds';
export { isFunctionName, isTaskId, MAX_EVENT_BYTES } from './limits';
