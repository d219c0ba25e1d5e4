// Words the schema's complaints for people: what must stand there, never what does stand there.
import type * as z from 'zod';
import { didYouMean } from './nearest';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
};

/** The message for a complaint that the schema has no words of its own for; undefined leaves the library's. */
export function wordsOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `${issue.input === undefined ? 'is missing; it ' : ''}must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value': {
      const values = issue.values.map(String);
      return `must be ${values.length === 1 ? '' : 'one of '}${values.join(', ')}${typeof issue.input === 'string' ? didYouMean(issue.input, values) : ''}`;
    }
    case 'too_small':
      return issue.origin === 'array' ? 'must not be empty; leave the key out if nothing is meant' : undefined;
    default:
      return undefined;
  }
}
