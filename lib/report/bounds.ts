// Keeps a report within what one answer of a function can carry, however large the fleet and however long its words.

export const MOST_INSTANCES = 2_000;
/** Characters of a whole document: at most three bytes each in UTF-8. */
export const MOST_CHARACTERS = 1_500_000;
/** Of one sentence. */
const MOST_OF_TEXT = 500;

/** The texts of the first items that fit, and how many those are. */
export function renderWithin<T>(items: readonly T[], render: (item: T) => string): readonly string[] {
  const texts: string[] = [];
  let characters = 0;
  for (const item of items.slice(0, MOST_INSTANCES)) {
    const text = render(item);
    characters += text.length;
    if (characters > MOST_CHARACTERS) break;
    texts.push(text);
  }
  return texts;
}

/** A sentence of at most 500 characters; what is cut ends with an ellipsis. */
export function clipped(text: string): string {
  return text.length <= MOST_OF_TEXT ? text : `${text.slice(0, MOST_OF_TEXT - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
