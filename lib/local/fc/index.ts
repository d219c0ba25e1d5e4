// The local Function Compute: runs built bundles as the Node.js runtime of Function Compute does.
export { type FcEngineOptions, makeFcEngine, type RunningFcEngine } from './engine';
export type { FcStarted } from './executor';
export type { FcFault, FcFaultKind, FcFaultPlan } from './faults';
export { invokeFunction } from './invoke';
export { parseFcSchedule } from './schedule';
export type { FcContext, FcCredentials, FcErrorType, InvokeOptions, InvokeResult } from './types';
