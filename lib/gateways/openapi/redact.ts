// Takes secrets and raw queries out of texts that come from a service or the network.

const MAX_LENGTH = 300;
const SHORTEST_SECRET = 4;
const REMOVED = '[removed]';

/** URL queries, named credentials, access key ids, and header values that carry them. */
const PATTERNS: readonly RegExp[] = [
  /\?[^\s"'<>]*=[^\s"'<>]*/g,
  /\b(?:signature|accesskeyid|accesskeysecret|securitytoken|x-acs-[a-z-]*token|bearer(?:\s*token)?|credential|authorization)\s*[=:]\s*[^\s,;&"']+/gi,
  /\b(?:LTAI|STS\.)[A-Za-z0-9]{4,}/g,
];

/** One line of at most 300 characters without the given secret values and without anything that looks like a credential. */
export function redact(text: string, secretValues: readonly string[]): string {
  let clean = text;
  for (const secret of secretValues) {
    if (secret.length < SHORTEST_SECRET) continue;
    for (const form of new Set([secret, encodeURIComponent(secret)])) clean = clean.replaceAll(form, REMOVED);
  }
  for (const pattern of PATTERNS) clean = clean.replace(pattern, REMOVED);
  const line = clean.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH)}…`;
}
