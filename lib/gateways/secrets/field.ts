// Takes one field out of a secret that is a JSON object. Neither the text nor the names of other fields appear in a message.
import { KeeperError } from '../../base/errors';
import { missing } from './missing';

/** Throws a KeeperError `secret-malformed` when the secret is no JSON object or the field no text, `secret-missing` when there is no such field. */
export function fieldOf(text: string, key: string, reference: string): string {
  const object = readObject(text);
  if (object === undefined)
    throw malformed(reference, 'the secret is no JSON object', 'store a JSON object, or leave #<key> out of the reference to take the secret whole');
  const value = new Map(Object.entries(object)).get(key);
  if (value === undefined)
    throw missing(reference, `the secret has no field ${key}`, 'add the field to the secret, or correct what stands after # in the protection policy');
  if (typeof value !== 'string') throw malformed(reference, `the field ${key} is no text`, 'put the value in quotes');
  return value;
}

/** The parser's own message quotes the text: it goes nowhere. */
function readObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function malformed(reference: string, why: string, hint: string): KeeperError {
  return new KeeperError(`cannot resolve ${reference}: ${why}`, { code: 'secret-malformed', hint });
}
