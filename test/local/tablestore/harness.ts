// A local Tablestore with a virtual clock, and the official SDK pointed at it.
import TableStore from '@alicloud/tablestore';
import { makeFaultPlan } from '../../../lib/local/faults';
import { makeMemoryJournal, openJournal } from '../../../lib/local/journal';
import type { FaultPlan, Journal } from '../../../lib/local/kinds';
import { listenTablestore, makeTablestoreService, type TablestoreOptions, type TablestoreService } from '../../../lib/local/tablestore';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';

export const INSTANCE = 'keeper-test';
export const KEY_ID = 'test-key';
export const KEY_SECRET = 'test-secret';

export interface Harness {
  readonly clock: VirtualClock;
  readonly client: TableStore.Client;
  readonly faults: FaultPlan;
  readonly endpoint: string;
  readonly service: TablestoreService;
  /** A client that differs from the usual one. */
  connect(changes?: Partial<TableStore.ClientOptions>): TableStore.Client;
  /** Makes a table and waits until it is ready. */
  createTable(name: string, primaryKey: readonly TableStore.PrimaryKeySchemaInput[], tableOptions?: TableStore.TableOptionsInput): Promise<void>;
  close(): Promise<void>;
}

export interface HarnessOptions extends Partial<Omit<TablestoreOptions, 'clock' | 'faults'>> {
  /** A data folder with a real journal, compacted at every start; in memory unless told. */
  readonly folder?: string;
  readonly journal?: Journal;
  /** When the clock begins. */
  readonly start?: string;
}

export async function startTablestore(options: HarnessOptions = {}): Promise<Harness> {
  const { folder, start, journal: given = makeMemoryJournal(), ...changes } = options;
  const clock = makeVirtualClock(start);
  const faults = makeFaultPlan();
  const credentials = { find: (id: string) => (id === KEY_ID ? { secret: KEY_SECRET, allows: () => true } : undefined) };
  const service = makeTablestoreService({ clock, faults, credentials, instanceName: INSTANCE, ...changes });
  const journal = folder === undefined ? given : openJournal(folder, [service.owner], { compactAfterBytes: 0 });
  service.attach(journal);
  const server = await listenTablestore(service);
  const connect = (changed: Partial<TableStore.ClientOptions> = {}): TableStore.Client =>
    new TableStore.Client({
      endpoint: server.endpoint,
      instancename: INSTANCE,
      accessKeyId: KEY_ID,
      accessKeySecret: KEY_SECRET,
      maxRetries: 0,
      httpOptions: { timeout: 2_000 },
      ...changed,
    });
  const client = connect();
  return {
    clock,
    client,
    faults,
    endpoint: server.endpoint,
    service,
    connect,
    createTable: async (tableName, primaryKey, tableOptions = { timeToLive: -1, maxVersions: 1 }) => {
      await client.createTable({ tableMeta: { tableName, primaryKey }, reservedThroughput: { capacityUnit: { read: 0, write: 0 } }, tableOptions });
      clock.advance(5_000);
    },
    close: async () => {
      await server.close();
      journal.close();
      jest.useRealTimers();
    },
  };
}

/** The status, code and message of the service's refusal; the SDK leaves them as undecoded text. */
export interface Refusal {
  readonly status: number | string;
  readonly code: string;
  readonly message: string;
}

/** What a call was refused with. Throws when it was not. */
export async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    if (!isServiceError(error)) throw error;
    return { status: error.code, ...readProtobufText(error.message) };
  }
  throw new Error('the call was not refused');
}

/** Errors of sockets come from outside the test's own realm, so `instanceof` does not know them. */
function isServiceError(error: unknown): error is TableStore.ServiceError {
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

/** The SDK shows the service's protobuf error as if it were text: tag, length, code, tag, length of one or two bytes, message. */
function readProtobufText(text: string): { readonly code: string; readonly message: string } {
  const code = /^[\s\S]{2}(OTS[A-Za-z]+)/.exec(text)?.[1] ?? '';
  const lengthAt = 2 + code.length + 1;
  const lengthBytes = text.charCodeAt(lengthAt) > 0x7f ? 2 : 1;
  return { code, message: text.slice(lengthAt + lengthBytes, text.lastIndexOf(' requestId:')) };
}

const { IGNORE, EXPECT_EXIST, EXPECT_NOT_EXIST } = TableStore.RowExistenceExpectation;

export const ignore = (columns?: TableStore.ColumnCondition): TableStore.Condition => new TableStore.Condition(IGNORE, columns);
export const expectExist = (columns?: TableStore.ColumnCondition): TableStore.Condition => new TableStore.Condition(EXPECT_EXIST, columns);
export const expectNotExist = (columns?: TableStore.ColumnCondition): TableStore.Condition => new TableStore.Condition(EXPECT_NOT_EXIST, columns);

export const long = (value: number): TableStore.Int64 => TableStore.Long.fromNumber(value);

/** A test of one column; a missing column fails it unless told. */
export function column(
  name: string,
  comparator: keyof typeof TableStore.ComparatorType,
  value: TableStore.ColumnValue,
  passIfMissing = false,
  latestOnly = true,
): TableStore.SingleColumnCondition {
  return new TableStore.SingleColumnCondition(name, value, TableStore.ComparatorType[comparator], passIfMissing, latestOnly);
}

export function both(left: TableStore.ColumnCondition, right: TableStore.ColumnCondition): TableStore.CompositeCondition {
  return combine('AND', left, right);
}

export function combine(combinator: keyof typeof TableStore.LogicalOperator, ...parts: TableStore.ColumnCondition[]): TableStore.CompositeCondition {
  const composite = new TableStore.CompositeCondition(TableStore.LogicalOperator[combinator]);
  for (const part of parts) composite.addSubCondition(part);
  return composite;
}

/** A value as tests compare it: 64-bit integers as `42n`-like text, the rest as it is. */
function plain(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'toNumber' in value && !Buffer.isBuffer(value) ? `${String(value)}n` : value;
}

/** The columns of an answered row by name; undefined when there was no row. Of several versions the newest. */
export function columnsOf(row: { readonly attributes?: readonly TableStore.AttributeColumn[] | null | undefined }): Record<string, unknown> | undefined {
  if (row.attributes === undefined || row.attributes === null) return undefined;
  return Object.fromEntries(row.attributes.toReversed().map(({ columnName, columnValue }) => [columnName, plain(columnValue)]));
}

/** The key of an answered row, value by value. */
export function keyOf(row: { readonly primaryKey?: readonly TableStore.PrimaryKeyColumn[] | null | undefined }): readonly unknown[] | undefined {
  return row.primaryKey?.map(({ value }) => plain(value));
}
