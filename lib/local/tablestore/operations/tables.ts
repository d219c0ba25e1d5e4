// CreateTable, ListTable, DescribeTable, UpdateTable and DeleteTable.
import { main } from '@alicloud/tablestore/lib/protocol/tablestore_compiled_proto.js';
import { objectAlreadyExist, parameterInvalid, quotaExhausted } from '../errors';
import { KEY_TYPES, type KeyColumn, type KeyType } from '../keys';
import { isColumnName, isTableName } from '../names';
import { decodeRequest, findTable, isReady, type Operation } from '../operation';
import type { TableInfo, TableOptions } from '../state';

/** "Tablestore, Limits". */
const MAX_TABLES = 64;
const MAX_KEY_COLUMNS = 4;
const MIN_TTL_SECONDS = 86_400;
const DEFAULT_DEVIATION_SECONDS = 86_400;
const FOR_EVER = -1;

const ACTIVE = 1;
const LOADING = 3;
const AUTO_INCREMENT = 1;

type CreateRequest = ReturnType<typeof main.proto.CreateTableRequest.decode>;
type WireKeyColumn = CreateRequest['tableMeta']['primaryKey'][number];
type WireOptions = NonNullable<CreateRequest['tableOptions']>;

export const createTable: Operation = (body) => {
  const request = decodeRequest(main.proto.CreateTableRequest, body);
  const { tableName } = request.tableMeta;
  return {
    tables: [tableName],
    run: ({ state, now }) => {
      if (!isTableName(tableName)) throw parameterInvalid(`Invalid table name: '${tableName}'.`);
      refuseExtras(request);
      checkThroughput(request.reservedThroughput.capacityUnit);
      const schema = readSchema(tableName, request.tableMeta.primaryKey);
      const options = readCreateOptions(request.tableOptions);
      if (state.table(tableName) !== undefined) throw objectAlreadyExist();
      if (state.tableNames().length >= MAX_TABLES) throw quotaExhausted('Number of tables exceeded the quota.');
      const table: TableInfo = { name: tableName, schema, options, createdAt: now, lastAutoIncrement: 0n };
      return { body: main.proto.CreateTableResponse.encode({}).finish(), changes: [{ kind: 'create-table', table }] };
    },
  };
};

export const listTable: Operation = () => ({
  tables: [],
  run: ({ state }) => ({ body: main.proto.ListTableResponse.encode({ tableNames: state.tableNames() }).finish(), changes: [] }),
});

export const describeTable: Operation = (body) => {
  const { tableName } = decodeRequest(main.proto.DescribeTableRequest, body);
  return {
    tables: [tableName],
    run: (context) => {
      const table = findTable(context, tableName);
      const { info } = table;
      const primaryKey = info.schema.map((column) => ({
        name: column.name,
        type: KEY_TYPES.indexOf(column.type) + 1,
        ...(column.isAutoIncrement ? { option: AUTO_INCREMENT } : {}),
      }));
      const reply = {
        tableMeta: { tableName, primaryKey },
        reservedThroughputDetails: throughputOf(info),
        tableOptions: wireOptions(info.options),
        tableStatus: isReady(context, table) ? ACTIVE : LOADING,
      };
      return { body: main.proto.DescribeTableResponse.encode(reply).finish(), changes: [] };
    },
  };
};

export const updateTable: Operation = (body) => {
  const request = decodeRequest(main.proto.UpdateTableRequest, body);
  return {
    tables: [request.tableName],
    run: (context) => {
      const { info } = findTable(context, request.tableName);
      if (request.streamSpec?.enableStream === true) throw unsupported('stream');
      if (request.reservedThroughput !== null) checkThroughput(request.reservedThroughput.capacityUnit);
      const options = request.tableOptions === null ? info.options : readOptions(request.tableOptions, info.options);
      const reply = { reservedThroughputDetails: throughputOf(info), tableOptions: wireOptions(options) };
      return {
        body: main.proto.UpdateTableResponse.encode(reply).finish(),
        changes: [{ kind: 'update-table', name: info.name, options }],
      };
    },
  };
};

export const deleteTable: Operation = (body) => {
  const { tableName } = decodeRequest(main.proto.DeleteTableRequest, body);
  return {
    tables: [tableName],
    run: (context) => {
      const { info } = findTable(context, tableName);
      return { body: main.proto.DeleteTableResponse.encode({}).finish(), changes: [{ kind: 'delete-table', name: info.name }] };
    },
  };
};

function refuseExtras(request: CreateRequest): void {
  if (request.indexMetas.length > 0) throw unsupported('secondary index');
  if ((request.tableMeta.definedColumn ?? []).length > 0) throw unsupported('defined column');
  if (request.streamSpec?.enableStream === true) throw unsupported('stream');
}

function unsupported(what: string): Error {
  return parameterInvalid(`Unsupported operation: ${what}.`);
}

/** A high-performance instance may reserve; what is reserved changes nothing here. */
function checkThroughput(capacity: { readonly read: number; readonly write: number }): void {
  if (capacity.read >= 0 && capacity.write >= 0) return;
  throw parameterInvalid(`Invalid Capacity Unit: ${Math.min(capacity.read, capacity.write)}. Capacity Unit must be nonnegative.`);
}

function throughputOf(info: TableInfo): { readonly capacityUnit: { readonly read: 0; readonly write: 0 }; readonly lastIncreaseTime: number } {
  return { capacityUnit: { read: 0, write: 0 }, lastIncreaseTime: Math.floor(info.createdAt / 1_000) };
}

function readSchema(tableName: string, columns: readonly WireKeyColumn[]): readonly KeyColumn[] {
  if (columns.length < 1 || columns.length > MAX_KEY_COLUMNS) {
    throw parameterInvalid(`The number of primary key columns must be in range: [1, ${MAX_KEY_COLUMNS}].`);
  }
  const schema = columns.map(readKeyColumn);
  const duplicate = schema.find((column, index) => schema.findIndex((other) => other.name === column.name) !== index);
  if (duplicate !== undefined) throw parameterInvalid(`Duplicated primary key name: '${duplicate.name}'.`);
  if (schema[0]?.isAutoIncrement === true) throw parameterInvalid(`First primary key can't be auto increment, table: ${tableName}.`);
  if (schema.filter((column) => column.isAutoIncrement).length > 1) throw parameterInvalid('AUTO_INCREMENT primary key count must <= 1.');
  return schema;
}

function readKeyColumn(column: WireKeyColumn): KeyColumn {
  if (!isColumnName(column.name)) throw parameterInvalid(`Invalid column name: '${column.name}'.`);
  const type: KeyType | undefined = KEY_TYPES[column.type - 1];
  if (type === undefined) throw parameterInvalid('Invalid column type, only STRING,INTEGER,BINARY is allowed.');
  const isAutoIncrement = Object.hasOwn(column, 'option') && column.option === AUTO_INCREMENT;
  if (isAutoIncrement && type !== 'integer') throw parameterInvalid('AUTO_INCREMENT primary key must be integer.');
  return { name: column.name, type, isAutoIncrement };
}

function readCreateOptions(wire: WireOptions | null): TableOptions {
  if (wire === null || !Object.hasOwn(wire, 'timeToLive')) throw parameterInvalid('Time-to-live is missing while creating table.');
  if (!Object.hasOwn(wire, 'maxVersions')) throw parameterInvalid('MaxVersions is missing while creating table.');
  return readOptions(wire, { ttlSeconds: undefined, maxVersions: 1, deviationSeconds: DEFAULT_DEVIATION_SECONDS, allowUpdate: true });
}

/** Options that are not given stay as they are. */
function readOptions(wire: WireOptions, current: TableOptions): TableOptions {
  const options: TableOptions = {
    ttlSeconds: Object.hasOwn(wire, 'timeToLive') ? readTtl(wire.timeToLive ?? 0) : current.ttlSeconds,
    maxVersions: Object.hasOwn(wire, 'maxVersions') ? (wire.maxVersions ?? 0) : current.maxVersions,
    deviationSeconds: Object.hasOwn(wire, 'deviationCellVersionInSec') ? Number(wire.deviationCellVersionInSec) : current.deviationSeconds,
    allowUpdate: Object.hasOwn(wire, 'allowUpdate') ? wire.allowUpdate === true : current.allowUpdate,
  };
  if (options.maxVersions <= 0) throw parameterInvalid('The maximum versions cannot be less than or equal to 0.');
  if (options.deviationSeconds <= 0) throw parameterInvalid('The maximum deviation must be in range [0, INT64_MAX/1000000].');
  return options;
}

function readTtl(seconds: number): number | undefined {
  if (seconds === FOR_EVER) return undefined;
  if (seconds <= 0) throw parameterInvalid('TimeToLive cannot be 0 or less than -1.');
  if (seconds < MIN_TTL_SECONDS) throw parameterInvalid(`TimeToLive cannot be less than ${MIN_TTL_SECONDS}.`);
  return seconds;
}

function wireOptions(options: TableOptions): WireOptions {
  return {
    timeToLive: options.ttlSeconds ?? FOR_EVER,
    maxVersions: options.maxVersions,
    deviationCellVersionInSec: options.deviationSeconds,
    allowUpdate: options.allowUpdate,
  };
}
