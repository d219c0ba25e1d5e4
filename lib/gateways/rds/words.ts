// How words of the service are compared.

/** The documents spell some words in several cases. Anything but a text is no word. */
export function keyOf(word: unknown): string {
  return typeof word === 'string' ? word.trim().toLowerCase() : '';
}

/** Engines as requests name them. */
export const ENGINE_NAMES = { mysql: 'MySQL', postgresql: 'PostgreSQL', sqlserver: 'SQLServer' } as const;
