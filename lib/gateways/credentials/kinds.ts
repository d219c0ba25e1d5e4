// What the gateways get to sign with: credentials that are looked up when they are needed.
import type Credential from '@alicloud/credentials';

export interface KeyCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Temporary credentials have one. */
  readonly securityToken?: string;
}

export interface BearerCredentials {
  readonly bearerToken: string;
}

export type CurrentCredentials = KeyCredentials | BearerCredentials;

/** One account's credentials. */
export interface CloudCredentials {
  /** The values to use now. Throws a CredentialsError that says what is missing, or the error of the role's assumption. */
  current(): Promise<CurrentCredentials>;
  /**
   * Looks the values up past everything that was kept, because the service did not accept `refused`; at most once a minute. True when there are others
   * now. Throws as `current` does.
   */
  renew(refused: CurrentCredentials): Promise<boolean>;
  /** Where the values come from, for messages: the references, or the role. */
  readonly origin: string;
  /** The same as the official SDKs want them. */
  readonly sdk: Credential;
  /** Every secret value handed out so far, so that texts from outside can be cleaned of them. */
  secretValues(): readonly string[];
}
