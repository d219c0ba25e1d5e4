// Decides whether single tables or databases of a copy can be restored into an instance that exists, and under which names (MySQL only).
import type { Instant } from '../base/instant';
import type { RestoredTable, SetContents } from '../domain/restore';
import { sourceOf } from './restore';
import { sourceRefusals } from './restore-source';
import { type FoundSource, type FoundTarget, isFromCopies, type RestoreRefusal, refusal, type TableDecision, type TableWish } from './restore-types';
import { originRefusals } from './restore-values';

const RESTORE_TABLE = 'RDS API, RestoreDdrTable';
const NEW_DATABASE_RULE = 'RDS API, CreateDatabase: 2 to 64 characters, lower-case letters, digits, _ and -, a letter first, no _ or - at the end';
const SYSTEM_DATABASES: ReadonlySet<string> = new Set(['mysql', 'sys', 'information_schema', 'performance_schema']);

/** What is wrong with the wish as it was typed; nothing is asked of the service for it. */
export function tableWishRefusals(wish: TableWish, asOf: Instant): readonly RestoreRefusal[] {
  const { from, tables } = wish;
  return [
    ...originRefusals(wish, asOf),
    ...(isFromCopies(from) ? [] : [refusal('copy', 'single tables are restored from copies only', `${RESTORE_TABLE}: BackupId is a cross-region backup set`)]),
    ...(tables.length === 0 ? [refusal('table', 'no table and no database is named', `${RESTORE_TABLE}: TableMeta is required`)] : []),
    ...repeated(
      'database',
      tables.map(({ newDatabase }) => newDatabase),
    ),
    ...repeated(
      'database',
      tables.map(({ database }) => database),
    ),
    ...tables.flatMap(nameRefusals),
  ];
}

/** All refusals at once, each with its rule. */
export function decideTables(wish: TableWish, found: FoundSource, target: FoundTarget, asOf: Instant): TableDecision {
  const refusals = [
    ...tableWishRefusals(wish, asOf),
    ...sourceRefusals(wish, found),
    ...methodRefusals(found),
    ...targetRefusals(wish, found, target),
    ...wish.tables.flatMap((table) => takenRefusals(table, target)),
    ...wish.tables.flatMap((table) => contentRefusals(table, target.contents)),
  ];
  const source = sourceOf(wish, found);
  if (refusals.length > 0 || source === undefined) return { kind: 'refused', refusals };
  return { kind: 'possible', source, notes: notesOf(wish, target) };
}

function nameRefusals({ newDatabase, tables }: RestoredTable): readonly RestoreRefusal[] {
  const refusals: RestoreRefusal[] = [];
  if (!/^[a-z](?:[a-z0-9_-]{0,62}[a-z0-9])$/.test(newDatabase)) {
    refusals.push(refusal('database', `${quoted(newDatabase)} cannot be the name of a database`, NEW_DATABASE_RULE));
  }
  if (SYSTEM_DATABASES.has(newDatabase)) {
    refusals.push(refusal('database', `${newDatabase} is the server's own`, `${RESTORE_TABLE}: TableMeta names databases of users`));
  }
  for (const { newName } of tables) {
    if (isTableName(newName)) continue;
    refusals.push(refusal('table', `${quoted(newName)} cannot be the name of a table`, `${RESTORE_TABLE}: TableMeta, newname; MySQL has 1 to 64 characters`));
  }
  const names = tables.map(({ name }) => name);
  const newNames = tables.map(({ newName }) => newName);
  return [...refusals, ...repeated('table', names), ...repeated('table', newNames)];
}

/** The service has no question that would be asked of it beforehand. */
function methodRefusals({ copy }: FoundSource): readonly RestoreRefusal[] {
  if (copy?.method === undefined || copy.method === 'physical') return [];
  return [
    refusal('copy', `copy ${copy.id} is of a ${copy.method} backup`, `${RESTORE_TABLE}: physical backups in xbstream format only (IncorrectBackupSetMethod)`),
  ];
}

/** The instance that gets the tables. */
function targetRefusals(wish: TableWish, found: FoundSource, { instance }: FoundTarget): readonly RestoreRefusal[] {
  const { id, account, engine, role, storage, status, isLocked, region } = instance;
  const refusals: RestoreRefusal[] = [];
  const say = (message: string, rule: string): void => {
    refusals.push(refusal('into', message, `${RESTORE_TABLE}: ${rule}`));
  };
  if (engine !== 'mysql') say(`${id} is not MySQL`, 'MySQL only');
  else if (storage !== 'local-disk') say(`${id} is on cloud disks, where copies become new instances only`, 'existing instances on local disks only');
  if (found.instance !== undefined && found.instance.engine !== 'mysql') say(`${wish.instanceId} is not MySQL`, 'MySQL only');
  if (role !== 'primary') say(`${id} is a ${role} instance`, 'primary instances only (IncorrectDBInstanceType)');
  if (status !== 'Running') say(`${id} is ${status}`, 'only while the instance is Running (IncorrectDBInstanceState)');
  if (isLocked) say(`${id} is locked`, 'only while the instance can be written to');
  if (account !== found.account) say(`${id} is of account ${account}, the copy of account ${found.account}`, 'within one account');
  if (region !== found.region && region !== found.copyRegion) {
    say(`${id} is in ${region}, which is neither the source's region nor that of its copies`, 'in the destination or the source region only');
  }
  return refusals;
}

/** Nothing that is known to be there may be written over: whole databases, and tables that the copy shows in the database that gets them. */
function takenRefusals({ database, newDatabase, tables }: RestoredTable, { instance, databases, contents }: FoundTarget): readonly RestoreRefusal[] {
  if (!databases.includes(newDatabase)) return [];
  if (tables.length === 0) {
    const message = `${instance.id} has a database ${newDatabase} already: name another`;
    return [refusal('database', message, `${RESTORE_TABLE}: InvalidDBName.Duplicate`)];
  }
  const own = database === newDatabase ? tables.map(({ name }) => name) : [];
  const taken = new Set([...own, ...(contents?.find((each) => each.database === newDatabase)?.tables ?? [])]);
  return tables
    .filter(({ newName }) => taken.has(newName))
    .map(({ newName }) => refusal('table', `${newDatabase}.${newName} may be there already: give it another name`, `${RESTORE_TABLE}: TableMeta, newname`));
}

/** What is true of the restore and no reason against it. */
function notesOf({ tables }: TableWish, { databases, contents }: FoundTarget): readonly string[] {
  const shared = tables.filter((table) => table.tables.length > 0 && databases.includes(table.newDatabase));
  return [
    ...(contents === undefined ? ['the service does not say what the copy holds: it may refuse the names'] : []),
    ...shared.map(({ newDatabase }) => `${newDatabase} is there already: make sure that it has no tables of the new names, which may be written over`),
  ];
}

function contentRefusals({ database, tables }: RestoredTable, contents: readonly SetContents[] | undefined): readonly RestoreRefusal[] {
  if (contents === undefined) return [];
  const held = contents.find((each) => each.database === database);
  if (held === undefined) {
    return [refusal('database', `the copy has no database ${quoted(database)}`, 'RDS API, DescribeCrossBackupMetaList: it is not in the list')];
  }
  return tables
    .filter(({ name }) => !held.tables.includes(name))
    .map(({ name }) => refusal('table', `the copy has no table ${quoted(name)} in ${database}`, 'RDS API, DescribeCrossBackupMetaList: it is not in the list'));
}

function repeated(parameter: 'database' | 'table', names: readonly string[]): readonly RestoreRefusal[] {
  const twice = names.find((name, at) => names.indexOf(name) < at);
  return twice === undefined ? [] : [refusal(parameter, `${quoted(twice)} is named twice`, `${RESTORE_TABLE}: TableMeta, every name once`)];
}

/** No dots and slashes, which file names and qualified names are made of. */
function isTableName(text: string): boolean {
  return /^[^\p{Cc}./\\`]{1,64}$/u.test(text) && text.trim() === text;
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}
