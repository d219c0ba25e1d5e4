// What a reference to a secret may look like: the one grammar for the protection policy and for whoever resolves it.

/** Where a secret is. `id` is a name or an ARN of AWS Secrets Manager, `key` a field of the JSON object that the secret then is. */
export type SecretReference =
  | { readonly store: 'env'; readonly name: string }
  | { readonly store: 'file'; readonly url: string }
  | { readonly store: 'aws'; readonly id: string; readonly key: string | undefined };

export const REFERENCE_FORMS = 'env://NAME, file:///absolute/path or secret://aws/<name or ARN>#<key>';

/** Names and ARNs as AWS Secrets Manager, CreateSecret and GetSecretValue, allow them. */
const AWS_NAME = /^[A-Za-z0-9/_+=.@!-]{1,512}$/;
const AWS_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]{1,32}:\d{12}:secret:[A-Za-z0-9/_+=.@!-]{1,520}$/;
const AWS_KEY = /^[A-Za-z0-9_.@/-]{1,128}$/;

/** The reference, or what is wrong with the text. The text is never part of the answer: somebody may have written the secret itself. */
export function parseSecretReference(text: string): SecretReference | { readonly problem: string } {
  if (text.startsWith('env://')) return parseEnv(text.slice('env://'.length));
  if (text.startsWith('file://')) return parseFile(text);
  if (text.startsWith('secret://')) return parseStored(text.slice('secret://'.length));
  return { problem: `must be a reference, ${REFERENCE_FORMS}, never the secret itself; if a key stands here, take it out and revoke it` };
}

function parseEnv(name: string): ReturnType<typeof parseSecretReference> {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,255}$/.test(name)) return { store: 'env', name };
  return { problem: 'must be a reference to an environment variable such as env://RDS_KEY: letters, digits and _, not starting with a digit' };
}

function parseFile(url: string): ReturnType<typeof parseSecretReference> {
  if (/^file:\/\/\/[^\s#?][^#?]{0,4095}$/.test(url)) return { store: 'file', url };
  return { problem: 'must be a reference to a file by its absolute path, file:///absolute/path' };
}

function parseStored(rest: string): ReturnType<typeof parseSecretReference> {
  if (!rest.startsWith('aws/')) return { problem: 'must be a reference to a store that this version knows: secret://aws/<name or ARN>#<key>' };
  const [id = '', key, ...more] = rest.slice('aws/'.length).split('#');
  if (!AWS_NAME.test(id) && !AWS_ARN.test(id)) {
    return { problem: 'must name a secret of AWS Secrets Manager, secret://aws/<name or ARN>#<key>: letters, digits and /_+=.@!-, or a whole ARN' };
  }
  if (more.length > 0 || (key !== undefined && !AWS_KEY.test(key))) {
    return { problem: 'must name, after #, one field of the JSON in the secret: letters, digits and _.@/-; without # the secret is taken whole' };
  }
  return { store: 'aws', id, key };
}
