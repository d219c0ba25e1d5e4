// Decides what of a user's text may be shown in a message: a secret that slipped into the file must not slip into a log.

const LOOKS_SECRET = /LTAI[0-9A-Za-z]{8,}|AKIA[0-9A-Z]{12,}|STS\.[0-9A-Za-z]{10,}|-----BEGIN|[0-9A-Za-z+/=_]{28,}/;
const SHOWN_CHARACTERS = 60;

/** True for text that has the form of a key, a token or a long random string. */
export function looksSecret(text: string): boolean {
  return LOOKS_SECRET.test(text);
}

/** The text in quotes, shortened; or that it is not shown, when it looks like a key. Control characters are escaped. */
export function shown(text: string): string {
  if (looksSecret(text)) return '(not shown: it looks like a key)';
  return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text);
}
