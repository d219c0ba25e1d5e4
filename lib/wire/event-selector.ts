// Reads a selector of instances from an event: the keys that keeper.yaml's `select` has, within bounds.
import type { Engine } from '../domain/instance';
import type { Selector } from '../domain/protection-policy';
import { asFields, EventError, type Fields, isFields, isInstanceId, isPlainText, readList, refuseUnknown } from './event-fields';

const PLAIN_FIELDS = ['ids', 'tags', 'engines', 'names', 'resourceGroups'] as const;
const FIELDS: ReadonlySet<string> = new Set([...PLAIN_FIELDS, 'exclude']);
const EXCLUDE_FIELDS: ReadonlySet<string> = new Set(PLAIN_FIELDS);
const ENGINES: readonly Engine[] = ['mysql', 'postgresql', 'sqlserver', 'mariadb'];
const MAX_IDS = 1_000;
const MAX_TEXTS = 100;
const MAX_TAGS = 20;
const MAX_EXCLUSIONS = 20;

/** One that restricts nothing is refused: it would ask for every instance. */
export function readSelector(value: unknown, what: string): Selector {
  const fields = asFields(value, what);
  refuseUnknown(fields, FIELDS, what);
  if (PLAIN_FIELDS.every((name) => fields[name] === undefined)) throw new EventError(`${what} chooses every instance: name ${PLAIN_FIELDS.join(', ')}`);
  return { ...readPlain(fields, what), exclude: readExclude(fields['exclude'], `${what}.exclude`) };
}

function readExclude(value: unknown, what: string): readonly Selector[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > MAX_EXCLUSIONS) throw new EventError(`${what} must be a list of at most ${MAX_EXCLUSIONS} selectors`);
  return value.map((item: unknown, index) => {
    const fields = asFields(item, `${what}[${index}]`);
    refuseUnknown(fields, EXCLUDE_FIELDS, `${what}[${index}]`);
    if (Object.keys(fields).length === 0) throw new EventError(`${what}[${index}] is empty, which would leave out every instance`);
    return { ...readPlain(fields, `${what}[${index}]`), exclude: [] };
  });
}

function readPlain(fields: Fields, what: string): Omit<Selector, 'exclude'> {
  const texts = (name: string, max: number, isGood: (text: string) => boolean, of: string): readonly string[] => {
    if (fields[name] === undefined) return [];
    const list = readList(fields[name], max, isGood);
    if (list === undefined) throw new EventError(`${what}.${name} must be a list of 1 to ${max} ${of}`);
    return [...list].sort();
  };
  const engines = texts('engines', ENGINES.length, (text) => ENGINES.some((engine) => engine === text), `of ${ENGINES.join(', ')}`);
  return {
    ids: texts('ids', MAX_IDS, isInstanceId, 'instance ids'),
    tags: readTags(fields['tags'], `${what}.tags`),
    engines: ENGINES.filter((engine) => engines.includes(engine)),
    names: texts('names', MAX_TEXTS, (text) => isPlainText(text, 256), 'glob patterns'),
    resourceGroups: texts('resourceGroups', MAX_TEXTS, (text) => isPlainText(text, 256), 'resource groups'),
  };
}

function readTags(value: unknown, what: string): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const entries = isFields(value) ? Object.entries(value) : [];
  const isGood = entries.every(([key, text]) => isPlainText(key, 128) && (text === '' || isPlainText(text, 128)));
  if (entries.length === 0 || entries.length > MAX_TAGS || !isGood) throw new EventError(`${what} must be 1 to ${MAX_TAGS} texts by name`);
  return Object.fromEntries(entries.map(([key, text]) => [key, String(text)]));
}
