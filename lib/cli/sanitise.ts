// Makes text from the cloud safe to print: an instance's description must not move the cursor or repaint the screen.
import { stripVTControlCharacters } from 'node:util';

/** Line breaks and tabs are spaces to a one-line text. */
const SPACES = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;

/** Control characters, lone halves of characters, and marks that reverse the direction of the text around them. */
const UNSAFE = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** One line without escape sequences; what else could act on a terminal shows as a replacement character. */
export function sanitise(text: string): string {
  return stripVTControlCharacters(text).replace(SPACES, ' ').replace(UNSAFE, '\ufffd');
}

/** The same for a text of several lines, which it keeps apart. */
export function sanitiseLines(text: string): string {
  return text.split('\n').map(sanitise).join('\n');
}
