// The local Function Compute: runs built bundles as the Node.js runtime of Function Compute does.
export { invokeFunction } from './invoke';
export type { FcContext, FcCredentials, FcErrorType, InvokeOptions, InvokeResult } from './types';
