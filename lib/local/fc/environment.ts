// The environment variables that Function Compute sets for an instance, before the function's own.
import type { FcContext } from './types';

export interface EnvironmentOptions {
  readonly context: FcContext;
  readonly codeFolder: string;
  readonly instanceId: string;
  /** The function's own variables; they win. */
  readonly own: Readonly<Record<string, string>>;
}

/** Credentials in it are those of the instance's start: they grow old, so a function takes them from its context. Windows starts no process without its system folder. */
export function environmentOf(options: EnvironmentOptions): NodeJS.ProcessEnv {
  const { credentials, function: configured, region, accountId } = options.context;
  const systemRoot = process.env['SystemRoot'];
  return {
    ...(systemRoot === undefined ? {} : { SystemRoot: systemRoot }),
    FC_FUNC_CODE_PATH: options.codeFolder,
    FC_FUNCTION_NAME: configured.name,
    FC_FUNCTION_HANDLER: configured.handler,
    FC_FUNCTION_MEMORY_SIZE: String(configured.memory),
    FC_REGION: region,
    FC_ACCOUNT_ID: accountId,
    FC_INSTANCE_ID: options.instanceId,
    ...(credentials === undefined
      ? {}
      : {
          ALIBABA_CLOUD_ACCESS_KEY_ID: credentials.accessKeyId,
          ALIBABA_CLOUD_ACCESS_KEY_SECRET: credentials.accessKeySecret,
          ALIBABA_CLOUD_SECURITY_TOKEN: credentials.securityToken,
        }),
    ...options.own,
  };
}
