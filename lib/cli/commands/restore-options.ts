// Reads what users type for a restore: which backup, to what, into which tables.
import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { UsageError } from '../../base/errors';
import { formatInstantCompact, type Instant } from '../../base/instant';
import type { StorageKind } from '../../domain/instance';
import type { RestoredTable } from '../../domain/restore';
import { isOnDemandKey, KEY_RULE } from '../../policy/on-demand';
import type { RestorableEngine, RestoreFrom, RestoreWish, TableWish } from '../../policy/restore-types';
import { parseChoice, parseTime } from '../arguments';

export interface OriginOptions {
  readonly instance: string;
  readonly set?: string;
  readonly copy?: string;
  readonly at?: Instant;
  readonly copied?: true;
  readonly copyRegion?: string;
}

export interface TargetOptions extends OriginOptions {
  readonly region?: string;
  readonly engine?: RestorableEngine;
  readonly engineVersion?: string;
  readonly class?: string;
  readonly storage?: number;
  readonly disk?: StorageKind;
  readonly description?: string;
  readonly vpc?: string;
  readonly vswitch?: string;
  readonly zone?: string;
  readonly allow?: readonly string[];
}

export interface TableOptions extends OriginOptions {
  readonly into?: string;
  readonly table?: readonly TableName[];
  readonly database?: readonly DatabaseName[];
}

interface DatabaseName {
  readonly database: string;
  readonly newDatabase: string;
}

interface TableName extends DatabaseName {
  readonly name: string;
  readonly newName: string;
}

/** The words of the API, whatever their case. */
const ENGINES: readonly RestorableEngine[] = ['mysql', 'sqlserver', 'postgresql'];
const DISKS: readonly StorageKind[] = ['local-disk', 'cloud-disk'];

export function withOrigin(command: Command): Command {
  return command
    .requiredOption('--instance <id>', 'whose data; it may be released when copies are left (required)')
    .option('--copy <copyId>', 'restore this copy')
    .option('--set <backupId>', 'restore this local backup set')
    .option('--at <time>', 'restore this point in time, ISO 8601 with its zone, from the local backups', parseTime)
    .option('--copied', 'with --at: from the copies in the other region')
    .option('--copy-region <region>', 'where the copies lie (default: where the instance is set to copy to)');
}

export function withTarget(command: Command): Command {
  return withOrigin(command)
    .option('--region <region>', 'of the new instance (default: where the backup lies)')
    .option('--engine <engine>', 'MySQL, SQLServer or PostgreSQL (default: as the source)', parseEngine)
    .option('--engine-version <version>', 'default: as the source')
    .option('--class <class>', 'instance class (default: as the source)')
    .option('--storage <GB>', '5 to 2000, in steps of 5 (default: as the source)', parseStorage)
    .option('--disk <kind>', `${DISKS.join(' or ')}; must be the kind of the source (default)`, parseChoice('--disk', DISKS))
    .option('--description <name>', 'its name in the console')
    .option('--vpc <id>', 'its VPC, together with --vswitch')
    .option('--vswitch <id>', 'its vSwitch')
    .option('--zone <id>', 'its zone')
    .option('--allow <addresses>', 'who may connect: addresses and CIDR blocks, with commas between them (copies only; default: nobody)', parseList);
}

export function withTables(command: Command): Command {
  return withOrigin(command)
    .option('--into <id>', 'the instance that gets them (default: the one whose data it is)')
    .option('--table <name>', 'database.table=database.new_table; may be repeated', collectTable)
    .option('--database <name>', 'a whole database, database=new_database; may be repeated', collectDatabase);
}

export function wishOf(options: TargetOptions): RestoreWish {
  return {
    kind: 'new-instance',
    instanceId: options.instance,
    from: fromOf(options),
    copyRegion: options.copyRegion,
    region: options.region,
    engine: options.engine,
    engineVersion: options.engineVersion,
    instanceClass: options.class,
    storageGb: options.storage,
    disk: options.disk,
    description: options.description,
    vpcId: options.vpc,
    vSwitchId: options.vswitch,
    zoneId: options.zone,
    allowedAddresses: options.allow ?? [],
  };
}

export function tableWishOf(options: TableOptions): TableWish {
  const { instance, into = instance, table = [], database = [] } = options;
  return { kind: 'tables', instanceId: instance, from: fromOf(options), copyRegion: options.copyRegion, into, tables: grouped(table, database) };
}

/** Exactly one source: a backup set needs its id, a point in time its time (seed document "rds-backup", Restore Data: RestoreType). */
function fromOf({ set, copy, at, copied, copyRegion }: OriginOptions): RestoreFrom {
  const given = [set, copy, at].filter((value) => value !== undefined).length;
  if (given !== 1)
    throw new UsageError(
      `name one backup to restore: --copy, --set or --at; ${given} are given`,
      'a copy or a set by its id (keeper copies list, keeper backups list), or a point in time',
    );
  if (copied === true && at === undefined) throw new UsageError('--copied goes with --at only', 'a copy by its id is --copy');
  if (copyRegion !== undefined && (set !== undefined || (at !== undefined && copied !== true))) {
    throw new UsageError('--copy-region goes with --copy, or with --at and --copied', 'local backups lie in the region of the instance');
  }
  if (copy !== undefined) return { kind: 'copy', copyId: copy };
  if (set !== undefined) return { kind: 'set', backupId: set };
  if (at === undefined) throw new Error('no source'); // one of the three is given
  return { kind: copied === true ? 'copied-time' : 'time', at };
}

/** By database; the tables of one go into one database. */
function grouped(tables: readonly TableName[], databases: readonly DatabaseName[]): readonly RestoredTable[] {
  const byDatabase = new Map<string, RestoredTable>();
  for (const { database, newDatabase, name, newName } of tables) {
    const known = byDatabase.get(database) ?? { database, newDatabase, tables: [] };
    if (known.newDatabase !== newDatabase) {
      throw new UsageError(`the tables of ${database} go to ${known.newDatabase} and to ${newDatabase}`, 'restore them by two commands, with a key each');
    }
    byDatabase.set(database, { ...known, tables: [...known.tables, { name, newName }] });
  }
  return [...byDatabase.values(), ...databases.map((each) => ({ ...each, tables: [] }))];
}

function collectTable(text: string, known: readonly TableName[] = []): readonly TableName[] {
  const [from = '', to = from, ...rest] = text.split('=');
  const [database, name] = partsOf(from);
  const [newDatabase, newName] = partsOf(to);
  if (rest.length > 0 || database === undefined || name === undefined || newDatabase === undefined || newName === undefined) {
    throw new UsageError(`--table cannot be ${JSON.stringify(text.slice(0, 200))}`, 'write --table orders.items=orders.items_restored');
  }
  return [...known, { database, name, newDatabase, newName }];
}

/** The first dot ends the database's name: those of databases have none. */
function partsOf(text: string): readonly [string | undefined, string | undefined] {
  const at = text.indexOf('.');
  return at <= 0 || at === text.length - 1 ? [undefined, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function collectDatabase(text: string, known: readonly DatabaseName[] = []): readonly DatabaseName[] {
  const [database = '', newDatabase = database, ...rest] = text.split('=');
  if (rest.length > 0 || database === '' || newDatabase === '') {
    throw new UsageError(`--database cannot be ${JSON.stringify(text.slice(0, 200))}`, 'write --database orders=orders_restored');
  }
  return [...known, { database, newDatabase }];
}

function parseEngine(text: string): RestorableEngine {
  const engine = ENGINES.find((each) => each === text.toLowerCase());
  if (engine !== undefined) return engine;
  throw new UsageError(
    `--engine cannot be ${JSON.stringify(text.slice(0, 200))}`,
    'there are: MySQL, SQLServer, PostgreSQL (RDS API, CreateDdrInstance: Engine)',
  );
}

function parseStorage(text: string): number {
  if (/^[0-9]{1,6}$/.test(text)) return Number(text);
  throw new UsageError(`--storage cannot be ${JSON.stringify(text.slice(0, 200))}`, 'write whole GB, 5 to 2000 in steps of 5, such as --storage 100');
}

function parseList(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim());
}

export function parseKey(text: string): string {
  if (!isOnDemandKey(text)) throw new UsageError(`--key cannot be ${JSON.stringify(text.slice(0, 200))}`, `a key is ${KEY_RULE}`);
  return text;
}

/** Two people in the same second have two keys. */
export function newKey(now: Instant): string {
  return `restore-${formatInstantCompact(now)}-${randomBytes(3).toString('hex')}`;
}
