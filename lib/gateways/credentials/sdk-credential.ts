// Our credentials in the form that the official SDKs accept.
import Credential, { type CredentialModel, type CredentialsProvider } from '@alicloud/credentials';

/** Looks credentials up in the library's own shape; `anew` past everything that was kept. */
export type CredentialLookup = (anew?: boolean) => Promise<CredentialModel>;

/** Wraps a lookup as the SDK's class: the SDK asks it before every signature. */
export function makeSdkCredential(lookup: CredentialLookup): Credential {
  return new LookupCredential(lookup);
}

class LookupCredential extends Credential {
  private readonly lookup: CredentialLookup;

  constructor(lookup: CredentialLookup) {
    super(null, providerOf(lookup));
    this.lookup = lookup;
  }

  /** Overridden because the library's provider interface knows no bearer tokens. */
  override getCredential(): Promise<CredentialModel> {
    return this.lookup();
  }
}

function providerOf(lookup: CredentialLookup): CredentialsProvider {
  return {
    getProviderName: () => 'keeper',
    getCredentials: async () => {
      const found = await lookup();
      return {
        accessKeyId: found.accessKeyId ?? '',
        accessKeySecret: found.accessKeySecret ?? '',
        securityToken: found.securityToken ?? '',
        providerName: found.providerName ?? 'keeper',
      };
    },
  };
}
