// Types of the part of the official Function Compute 2.0 SDK (npm `@alicloud/fc2` 2.6.6, which ships none) that we use, as its code really behaves.

declare module '@alicloud/fc2' {
  namespace FcClient {
    interface Config {
      readonly accessKeyID: string;
      readonly accessKeySecret: string;
      /** Dropped without a word when the key's id does not start with `STS`; required when it does. */
      readonly securityToken?: string;
      /** Required even where `endpoint` says it all. */
      readonly region: string;
      /** With its scheme and without a slash at the end. Without it, plain http unless `secure`. */
      readonly endpoint?: string;
      readonly secure?: boolean;
      readonly internal?: boolean;
      /** In milliseconds, 60,000 unless told: once for the connection's silence, and once for the whole answer. */
      readonly timeout?: number;
      /** Sent with every request. */
      readonly headers?: Readonly<Record<string, string>>;
    }

    /** There is no status: 200 and 202 look the same. */
    interface Reply {
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string | undefined>>;
      /** Parsed when the answer's content type begins with `application/json`, else the text. */
      readonly data: unknown;
    }

    type Headers = Readonly<Record<string, string>>;
  }

  class FcClient {
    constructor(accountId: string, config: FcClient.Config);
    /** The first part of every path; `2016-08-15` unless it is changed. */
    version: string;
    /** Sent and signed when set. */
    securityToken: string | undefined;
    /** Throws an Error whose `code` is the body's `ErrorCode`, with the status in its message only; a SyntaxError for JSON that is none. */
    invokeFunction(serviceName: string, functionName: string, event: string | Buffer, headers?: FcClient.Headers, qualifier?: string): Promise<FcClient.Reply>;
    /** Below `/<version>`. Throws as `invokeFunction` does. */
    post(path: string, body: string | Buffer, headers?: FcClient.Headers, queries?: Readonly<Record<string, string>> | null): Promise<FcClient.Reply>;
  }

  export = FcClient;
}
