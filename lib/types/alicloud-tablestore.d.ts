// Types of the parts of the official Tablestore SDK (npm `tablestore` 5.6.5, which ships none) that we use, as its code really behaves.

declare module '@alicloud/tablestore' {
  namespace TableStore {
    /** A signed 64-bit integer (package int64-buffer). `toJSON` is lossy beyond 2^53; a decimal string through `toString` is exact. */
    interface Int64 {
      toNumber(): number;
      toString(radix?: number): string;
      toJSON(): number;
      toBuffer(): Buffer;
    }

    const Long: {
      fromNumber(value: number): Int64;
      /** Decimal digits with an optional minus sign. */
      fromString(decimal: string): Int64;
    };

    /** Sentinels of range borders and of the auto-increment key. Compared by identity. */
    interface Sentinel {
      readonly sentinel?: never;
    }
    const INF_MIN: Sentinel;
    const INF_MAX: Sentinel;
    const PK_AUTO_INCR: Sentinel;

    /** A JavaScript number is stored as DOUBLE; integers need `Long`. */
    type ColumnValue = string | number | boolean | Buffer | Int64;
    type PrimaryKeyValue = string | Buffer | Int64 | Sentinel;

    /** Exactly one key per object, in the order of the table's schema. */
    type PrimaryKeyInput = ReadonlyArray<Readonly<Record<string, PrimaryKeyValue>>>;
    /**
     * One column per object: of two columns in one object only the first is stored. `timestamp` (milliseconds) beside the column sets the
     * version of the cell, which is why no column may have that name.
     */
    type AttributeColumns = ReadonlyArray<Readonly<Record<string, ColumnValue>>>;

    /** One kind of change per object: of two kinds in one object only the first is counted in the buffer's size. */
    type UpdateColumns = ReadonlyArray<
      | { readonly PUT: AttributeColumns }
      /** The version (milliseconds) to delete. */
      | { readonly DELETE: ReadonlyArray<Readonly<Record<string, number>>> }
      | { readonly DELETE_ALL: readonly string[] }
      | { readonly INCREMENT: ReadonlyArray<Readonly<Record<string, Int64>>> }
    >;

    const RowExistenceExpectation: { readonly IGNORE: 0; readonly EXPECT_EXIST: 1; readonly EXPECT_NOT_EXIST: 2 };
    type RowExistence = 0 | 1 | 2;
    const ComparatorType: {
      readonly EQUAL: 1;
      readonly NOT_EQUAL: 2;
      readonly GREATER_THAN: 3;
      readonly GREATER_EQUAL: 4;
      readonly LESS_THAN: 5;
      readonly LESS_EQUAL: 6;
    };
    type Comparator = 1 | 2 | 3 | 4 | 5 | 6;
    const LogicalOperator: { readonly NOT: 1; readonly AND: 2; readonly OR: 3 };
    type Combinator = 1 | 2 | 3;
    const ReturnType: { readonly NONE: 0; readonly Primarykey: 1; readonly AfterModify: 2 };
    const Direction: { readonly FORWARD: 'FORWARD'; readonly BACKWARD: 'BACKWARD' };
    type RangeDirection = 'FORWARD' | 'BACKWARD';
    /** The retry policy is one object for the whole process: the client made last sets `maxRetryTimes` for all. */
    const DefaultRetryPolicy: { maxRetryTimes: number };

    /** `passIfMissing` is true unless told. */
    class SingleColumnCondition {
      constructor(columnName: string, columnValue: ColumnValue, comparator: Comparator, passIfMissing?: boolean, latestVersionOnly?: boolean);
      getType(): number;
    }
    /** AND and OR take two sub-conditions each, NOT takes one: build trees. */
    class CompositeCondition {
      constructor(combinator: Combinator);
      addSubCondition(condition: ColumnCondition): void;
      getType(): number;
    }
    class ColumnPaginationFilter {
      constructor(limit?: number, offset?: number);
      getType(): number;
    }
    type ColumnCondition = SingleColumnCondition | CompositeCondition;
    type ColumnFilter = ColumnCondition | ColumnPaginationFilter;

    class Condition {
      constructor(rowExistenceExpectation: RowExistence, columnCondition?: ColumnCondition | null);
    }

    interface ClientOptions {
      /** Scheme, host and port are kept; a path is dropped. */
      readonly endpoint: string;
      readonly instancename: string;
      readonly accessKeyId: string;
      readonly accessKeySecret?: string;
      readonly secretAccessKey?: string;
      readonly stsToken?: string;
      readonly securityToken?: string;
      readonly maxRetries?: number;
      readonly httpOptions?: HttpOptions;
    }
    /** Spread into `http.request`. `timeout` is the idle time of the socket in milliseconds; there is none unless told. */
    interface HttpOptions {
      readonly timeout?: number;
      readonly maxSockets?: number;
      readonly agent?: unknown;
      /** Destroys the socket when aborted. */
      readonly signal?: AbortSignal;
      readonly ca?: string | Buffer;
    }
    /** What a client reads at every try; assign the credentials in place to rotate them. */
    interface ClientConfig {
      accessKeyId: string | null;
      accessKeySecret: string | null;
      secretAccessKey: string | null;
      stsToken: string | null;
      securityToken: string | null;
      readonly endpoint: string;
      readonly instancename: string;
      httpOptions: HttpOptions;
    }

    interface PrimaryKeySchemaInput {
      readonly name: string;
      readonly type: 'INTEGER' | 'STRING' | 'BINARY' | 1 | 2 | 3;
      readonly option?: 'AUTO_INCREMENT' | 1;
    }
    interface CapacityUnit {
      readonly read: number;
      readonly write: number;
    }
    interface TableOptionsInput {
      /** Seconds; -1 keeps for ever, else at least 86,400. */
      readonly timeToLive?: number;
      readonly maxVersions?: number;
      readonly allowUpdate?: boolean;
      /** Seconds. */
      readonly maxTimeDeviation?: number;
    }
    interface CreateTableParams {
      readonly tableMeta: { readonly tableName: string; readonly primaryKey: readonly PrimaryKeySchemaInput[] };
      readonly reservedThroughput: { readonly capacityUnit: CapacityUnit };
      readonly tableOptions: TableOptionsInput;
    }
    interface UpdateTableParams {
      readonly tableName: string;
      readonly tableOptions: TableOptionsInput;
      readonly reservedThroughput?: { readonly capacityUnit: CapacityUnit };
    }
    interface TableParams {
      readonly tableName: string;
    }

    /** Milliseconds as plain numbers; a `Long` would be sent as 0. Either both borders (end exclusive) or one point. */
    interface TimeRange {
      readonly startTime?: number;
      readonly endTime?: number;
      readonly specificTime?: number;
    }
    interface ReadOptions {
      readonly columnsToGet?: readonly string[];
      readonly columnFilter?: ColumnFilter;
      /** 1 unless told. */
      readonly maxVersions?: number;
      readonly timeRange?: TimeRange;
      readonly startColumn?: string;
      readonly endColumn?: string;
    }
    interface ReturnContent {
      readonly returnType: 0 | 1 | 2;
      readonly returnColumns?: readonly string[];
    }

    interface GetRowParams extends ReadOptions {
      readonly tableName: string;
      readonly primaryKey: PrimaryKeyInput;
    }
    interface PutRowParams {
      readonly tableName: string;
      readonly condition: Condition;
      readonly primaryKey: PrimaryKeyInput;
      /** May be empty: a row of its key alone. */
      readonly attributeColumns: AttributeColumns;
      readonly returnContent?: ReturnContent;
    }
    interface UpdateRowParams {
      readonly tableName: string;
      readonly condition: Condition;
      readonly primaryKey: PrimaryKeyInput;
      readonly updateOfAttributeColumns: UpdateColumns;
      readonly returnContent?: ReturnContent;
    }
    interface DeleteRowParams {
      readonly tableName: string;
      readonly condition: Condition;
      readonly primaryKey: PrimaryKeyInput;
      readonly returnContent?: ReturnContent;
    }
    interface GetRangeParams extends ReadOptions {
      readonly tableName: string;
      readonly direction: RangeDirection;
      readonly inclusiveStartPrimaryKey: PrimaryKeyInput;
      readonly exclusiveEndPrimaryKey: PrimaryKeyInput;
      readonly limit?: number;
    }
    interface BatchGetRowParams {
      readonly tables: ReadonlyArray<ReadOptions & { readonly tableName: string; readonly primaryKey: readonly PrimaryKeyInput[] }>;
    }
    /** The condition is mandatory on every row. An UPDATE names its changes `attributeColumns`, unlike `updateRow`. */
    type BatchWriteRowChange =
      | {
          readonly type: 'PUT';
          readonly condition: Condition;
          readonly primaryKey: PrimaryKeyInput;
          readonly attributeColumns: AttributeColumns;
          readonly returnContent?: ReturnContent;
        }
      | {
          readonly type: 'UPDATE';
          readonly condition: Condition;
          readonly primaryKey: PrimaryKeyInput;
          readonly attributeColumns: UpdateColumns;
          readonly returnContent?: ReturnContent;
        }
      | { readonly type: 'DELETE'; readonly condition: Condition; readonly primaryKey: PrimaryKeyInput; readonly returnContent?: ReturnContent };
    interface BatchWriteRowParams {
      readonly tables: ReadonlyArray<{ readonly tableName: string; readonly rows: readonly BatchWriteRowChange[] }>;
    }

    /** `RequestId` is undefined only when the answer had no such header. */
    interface Reply {
      readonly RequestId?: string;
    }
    interface ConsumedCapacity {
      readonly capacityUnit: CapacityUnit;
    }
    interface Consumed extends Reply {
      readonly consumed: ConsumedCapacity;
    }
    interface PrimaryKeyColumn {
      readonly name: string;
      readonly value: string | Buffer | Int64;
    }
    interface AttributeColumn {
      readonly columnName: string;
      readonly columnValue: ColumnValue;
      readonly timestamp: Int64;
    }
    interface Row {
      readonly primaryKey: readonly PrimaryKeyColumn[];
      readonly attributes: readonly AttributeColumn[];
    }
    /** A missing row, or nothing returned, is an empty object. */
    type RowOrNone = Row | { readonly primaryKey?: undefined; readonly attributes?: undefined };

    interface RowReply extends Consumed {
      readonly row: RowOrNone;
    }
    interface GetRangeReply extends Consumed {
      readonly rows: readonly Row[];
      /** Null when the range is exhausted. Must be reshaped to a `PrimaryKeyInput` before it is sent again. */
      readonly nextStartPrimaryKey: readonly PrimaryKeyColumn[] | null;
    }
    interface BatchRowReply {
      readonly isOk: boolean;
      readonly errorCode: string | null;
      readonly errorMessage: string | null;
      readonly tableName: string;
      readonly capacityUnit: CapacityUnit | '';
      readonly primaryKey: readonly PrimaryKeyColumn[] | null;
      readonly attributes: readonly AttributeColumn[] | null;
    }
    interface BatchGetRowReply extends Reply {
      /** One list per table of the request. */
      readonly tables: ReadonlyArray<readonly BatchRowReply[]>;
    }
    interface BatchWriteRowReply extends Reply {
      /** All rows of all tables in the order of the request. */
      readonly tables: readonly BatchRowReply[];
    }
    interface ListTableReply extends Reply {
      readonly tableNames: readonly string[];
    }
    interface TableOptions {
      readonly timeToLive: number;
      readonly maxVersions: number;
      readonly allowUpdate: boolean;
    }
    interface DescribeTableReply extends Reply {
      readonly tableMeta: {
        readonly tableName: string;
        readonly primaryKey: ReadonlyArray<{ readonly name: string; readonly type: number; readonly option: number }>;
      };
      readonly tableOptions: TableOptions;
      /** 1 active, 3 loading, 5 updating. */
      readonly tableStatus: number;
      readonly reservedThroughputDetails: { readonly capacityUnit: CapacityUnit };
    }
    interface UpdateTableReply extends Reply {
      readonly tableOptions: TableOptions;
      readonly reservedThroughputDetails: { readonly capacityUnit: CapacityUnit };
    }

    /**
     * What a call rejects with. `code` is the HTTP status (a number) for the service's answers, `NetworkingError` or `TimeoutError` for broken
     * connections; the service's own code and message stand undecoded in `message`.
     */
    interface ServiceError extends Error {
      readonly code: number | string;
      readonly headers?: Readonly<Record<string, string>>;
    }

    /** Every call may hang when the connection drops in the middle of an answer: give each its own deadline. */
    class Client {
      constructor(options: ClientOptions);
      readonly config: ClientConfig;
      createTable(params: CreateTableParams): Promise<Reply>;
      listTable(params: Readonly<Record<string, never>>): Promise<ListTableReply>;
      describeTable(params: TableParams): Promise<DescribeTableReply>;
      updateTable(params: UpdateTableParams): Promise<UpdateTableReply>;
      deleteTable(params: TableParams): Promise<Reply>;
      getRow(params: GetRowParams): Promise<RowReply>;
      putRow(params: PutRowParams): Promise<RowReply>;
      updateRow(params: UpdateRowParams): Promise<RowReply>;
      deleteRow(params: DeleteRowParams): Promise<RowReply>;
      getRange(params: GetRangeParams): Promise<GetRangeReply>;
      batchGetRow(params: BatchGetRowParams): Promise<BatchGetRowReply>;
      batchWriteRow(params: BatchWriteRowParams): Promise<BatchWriteRowReply>;
      startLocalTransaction(params: { readonly tableName: string; readonly primaryKey: PrimaryKeyInput }): Promise<Reply>;
      sqlQuery(params: { readonly query: string }): Promise<Reply>;
      listSearchIndex(params: TableParams): Promise<Reply>;
    }
  }
  export = TableStore;
}

// The SDK's compiled protocol buffers. A decoded message answers absent fields with a default; `Object.hasOwn(message, 'field')` tells presence.
declare module '@alicloud/tablestore/lib/protocol/tablestore_compiled_proto.js' {
  interface Long64 {
    toString(): string;
    toNumber(): number;
  }
  interface Codec<Decoded, Encodable = Decoded> {
    /** Throws on bytes that are no such message or lack a required field. */
    decode(bytes: Uint8Array): Decoded;
    encode(message: Encodable): { finish(): Uint8Array };
  }

  interface CapacityUnit {
    readonly read: number;
    readonly write: number;
  }
  interface ConsumedCapacity {
    readonly capacityUnit: CapacityUnit;
  }
  interface PrimaryKeySchema {
    readonly name: string;
    readonly type: number;
    readonly option?: number;
  }
  interface TableOptions {
    readonly timeToLive?: number;
    readonly maxVersions?: number;
    readonly deviationCellVersionInSec?: number | Long64;
    readonly allowUpdate?: boolean;
  }
  interface TableMeta {
    readonly tableName: string;
    readonly primaryKey: readonly PrimaryKeySchema[];
    readonly definedColumn?: readonly unknown[];
  }
  interface ReservedThroughputDetails {
    readonly capacityUnit: CapacityUnit;
    /** Seconds since 1970. */
    readonly lastIncreaseTime: number;
    readonly lastDecreaseTime?: number;
  }
  interface Condition {
    readonly rowExistence: number;
    readonly columnCondition: Uint8Array;
  }
  interface ReturnContent {
    readonly returnType: number;
    readonly returnColumnNames: readonly string[];
  }
  interface TimeRange {
    readonly startTime: Long64;
    readonly endTime: Long64;
    readonly specificTime: Long64;
  }
  interface ReadOptions {
    readonly columnsToGet: readonly string[];
    readonly timeRange: TimeRange | null;
    readonly maxVersions: number;
    readonly filter: Uint8Array;
    readonly startColumn: string;
    readonly endColumn: string;
  }
  interface WireError {
    readonly code: string;
    readonly message: string;
  }
  interface RowInBatchReply {
    readonly isOk: boolean;
    readonly error?: WireError;
    readonly consumed?: ConsumedCapacity;
    readonly row?: Uint8Array;
  }
  interface TableInBatchReply {
    readonly tableName: string;
    readonly rows: readonly RowInBatchReply[];
  }
  interface RowWritten {
    readonly consumed: ConsumedCapacity;
    readonly row?: Uint8Array;
  }
  interface RowChangeInBatch {
    readonly type: number;
    readonly rowChange: Uint8Array;
    readonly condition: Condition;
    readonly returnContent: ReturnContent | null;
  }

  export const main: {
    readonly proto: {
      readonly Error: Codec<WireError>;
      readonly CreateTableRequest: Codec<{
        readonly tableMeta: TableMeta;
        readonly reservedThroughput: { readonly capacityUnit: CapacityUnit };
        readonly tableOptions: TableOptions | null;
        readonly indexMetas: readonly unknown[];
        readonly streamSpec: { readonly enableStream: boolean } | null;
      }>;
      readonly CreateTableResponse: Codec<Readonly<Record<string, never>>>;
      readonly ListTableResponse: Codec<{ readonly tableNames: readonly string[] }>;
      readonly DeleteTableRequest: Codec<{ readonly tableName: string }>;
      readonly DeleteTableResponse: Codec<Readonly<Record<string, never>>>;
      readonly UpdateTableRequest: Codec<{
        readonly tableName: string;
        readonly reservedThroughput: { readonly capacityUnit: CapacityUnit } | null;
        readonly tableOptions: TableOptions | null;
        readonly streamSpec: { readonly enableStream: boolean } | null;
      }>;
      readonly UpdateTableResponse: Codec<{ readonly reservedThroughputDetails: ReservedThroughputDetails; readonly tableOptions: TableOptions }>;
      readonly DescribeTableRequest: Codec<{ readonly tableName: string }>;
      readonly DescribeTableResponse: Codec<{
        readonly tableMeta: TableMeta;
        readonly reservedThroughputDetails: ReservedThroughputDetails;
        readonly tableOptions: TableOptions;
        readonly tableStatus: number;
      }>;
      readonly GetRowRequest: Codec<ReadOptions & { readonly tableName: string; readonly primaryKey: Uint8Array; readonly transactionId: string }>;
      readonly GetRowResponse: Codec<{ readonly consumed: ConsumedCapacity; readonly row: Uint8Array }>;
      readonly PutRowRequest: Codec<{
        readonly tableName: string;
        readonly row: Uint8Array;
        readonly condition: Condition;
        readonly returnContent: ReturnContent | null;
        readonly transactionId: string;
      }>;
      readonly PutRowResponse: Codec<RowWritten>;
      readonly UpdateRowRequest: Codec<{
        readonly tableName: string;
        readonly rowChange: Uint8Array;
        readonly condition: Condition;
        readonly returnContent: ReturnContent | null;
        readonly transactionId: string;
      }>;
      readonly UpdateRowResponse: Codec<RowWritten>;
      readonly DeleteRowRequest: Codec<{
        readonly tableName: string;
        readonly primaryKey: Uint8Array;
        readonly condition: Condition;
        readonly returnContent: ReturnContent | null;
        readonly transactionId: string;
      }>;
      readonly DeleteRowResponse: Codec<RowWritten>;
      readonly GetRangeRequest: Codec<
        ReadOptions & {
          readonly tableName: string;
          readonly direction: number;
          readonly limit: number;
          readonly inclusiveStartPrimaryKey: Uint8Array;
          readonly exclusiveEndPrimaryKey: Uint8Array;
          readonly transactionId: string;
        }
      >;
      readonly GetRangeResponse: Codec<{ readonly consumed: ConsumedCapacity; readonly rows: Uint8Array; readonly nextStartPrimaryKey?: Uint8Array }>;
      readonly BatchGetRowRequest: Codec<{
        readonly tables: ReadonlyArray<ReadOptions & { readonly tableName: string; readonly primaryKey: readonly Uint8Array[] }>;
      }>;
      readonly BatchGetRowResponse: Codec<{ readonly tables: readonly TableInBatchReply[] }>;
      readonly BatchWriteRowRequest: Codec<{
        readonly tables: ReadonlyArray<{ readonly tableName: string; readonly rows: readonly RowChangeInBatch[] }>;
        readonly transactionId: string;
      }>;
      readonly BatchWriteRowResponse: Codec<{ readonly tables: readonly TableInBatchReply[] }>;
    };
  };
  export const filter: {
    readonly proto: {
      readonly Filter: Codec<{ readonly type: number; readonly filter: Uint8Array }>;
      readonly SingleColumnValueFilter: Codec<{
        readonly comparator: number;
        readonly columnName: string;
        readonly columnValue: Uint8Array;
        readonly filterIfMissing: boolean;
        readonly latestVersionOnly: boolean;
      }>;
      readonly CompositeColumnValueFilter: Codec<{
        readonly combinator: number;
        readonly subFilters: ReadonlyArray<{ readonly type: number; readonly filter: Uint8Array }>;
      }>;
      readonly ColumnPaginationFilter: Codec<{ readonly offset: number; readonly limit: number }>;
    };
  };
}
