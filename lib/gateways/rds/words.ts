// How words of the service are compared.

/** The documents spell some words in several cases. Anything but a text is no word. */
export function keyOf(word: unknown): string {
  return typeof word === 'string' ? word.trim().toLowerCase() : '';
}
