// DescribeDBInstances: the instances of a region, by page number or by token, with filters.
import { formatInstant } from '../../../base/instant';
import { integer, requiredText, text } from '../../rpc/parameters';
import type { Parameters } from '../../rpc/types';
import { ENGINES, type InstanceSpec, type InstanceState } from '../../world/state';
import { refusal } from '../errors';
import { makeNextToken, pageOf, readNextToken } from '../formats';
import { listInstances, type RdsAction } from '../lookups';
import { REGIONS } from '../regions';
import { matchesTags, parseTags } from '../tags';

const DEFAULT_PAGE_SIZE = 30;
const TOKEN_SCOPE = 'instances';

/** Filters that compare one parameter with one field. */
const EQUALITY_FILTERS: Readonly<Record<string, (spec: InstanceSpec) => string>> = {
  DBInstanceId: (spec) => spec.id,
  DBInstanceStatus: (spec) => spec.status,
  DBInstanceType: (spec) => spec.role,
  DBInstanceClass: (spec) => spec.instanceClass,
  Engine: (spec) => spec.engine,
  EngineVersion: (spec) => spec.engineVersion,
  Category: (spec) => spec.category,
  PayType: (spec) => spec.payType,
  ZoneId: (spec) => spec.zoneId,
  ResourceGroupId: (spec) => spec.resourceGroupId,
  ConnectionMode: () => 'Standard',
  InstanceNetworkType: () => 'VPC',
};

export const describeDbInstances: RdsAction = {
  name: 'DescribeDBInstances',
  group: 'general',
  writes: false,
  parameters: {
    RegionId: { type: 'string', required: true },
    PageNumber: { type: 'int', min: 0, max: 21_474_836 },
    PageSize: { type: 'int', min: 1, max: 100 },
    MaxResults: { type: 'int', min: 1, max: 100 },
    InstanceLevel: { type: 'int', min: 0, max: 1 },
    Engine: { type: 'string', values: ENGINES },
    Expired: { type: 'string', values: ['True', 'False'], invalid: () => refusal('DescribeDBInstances', 'InvalidExpired.Format') },
    DBInstanceType: {
      type: 'string',
      values: ['Primary', 'Readonly', 'Guard', 'Temp'],
      invalid: () => refusal('DescribeDBInstances', 'InvalidDBInstanceType.ValueNotSupport'),
    },
  },
  run: (call, world) => {
    const { parameters } = call;
    const regionId = requiredText(parameters, 'RegionId');
    if (!REGIONS.some((region) => region.id === regionId)) throw refusal('DescribeDBInstances', 'InvalidRegionId.NotFound');
    const found = listInstances(call, world, regionId).filter(makeFilter(parameters));
    const hasToken = text(parameters, 'MaxResults') !== undefined || text(parameters, 'NextToken') !== undefined;
    return { body: hasToken ? tokenPage(found, parameters) : numberedPage(found, parameters) };
  },
};

function makeFilter(parameters: Parameters): (instance: InstanceState) => boolean {
  const equalities = Object.entries(EQUALITY_FILTERS).flatMap(([name, read]) => {
    const value = text(parameters, name);
    return value === undefined ? [] : [{ read, value }];
  });
  const search = text(parameters, 'SearchKey');
  const tags = parseTags(text(parameters, 'Tags'));
  // No instance of the local world is ever past its expiry.
  const wantsExpired = text(parameters, 'Expired') === 'True';
  return ({ spec }) =>
    !wantsExpired &&
    equalities.every(({ read, value }) => read(spec) === value) &&
    (search === undefined || spec.id.includes(search) || spec.description.includes(search)) &&
    matchesTags(spec.tags, tags);
}

function numberedPage(found: readonly InstanceState[], parameters: Parameters): Readonly<Record<string, unknown>> {
  const page = pageOf(found, parameters, DEFAULT_PAGE_SIZE);
  return {
    Items: { DBInstance: page.items.map(({ spec }) => describe(spec, parameters)) },
    PageNumber: page.pageNumber,
    PageRecordCount: page.items.length,
    TotalRecordCount: page.total,
  };
}

/** With a token, PageNumber and TotalRecordCount say nothing: 1 and the size of the page. */
function tokenPage(found: readonly InstanceState[], parameters: Parameters): Readonly<Record<string, unknown>> {
  const token = text(parameters, 'NextToken');
  const from = token === undefined ? 0 : readNextToken(TOKEN_SCOPE, token);
  if (from === undefined) throw refusal('DescribeDBInstances', 'Invalid.NextToken');
  const to = from + (integer(parameters, 'MaxResults') ?? DEFAULT_PAGE_SIZE);
  const items = found.slice(from, to);
  return {
    Items: { DBInstance: items.map(({ spec }) => describe(spec, parameters)) },
    ...(to < found.length ? { NextToken: makeNextToken(TOKEN_SCOPE, to) } : {}),
    PageNumber: 1,
    PageRecordCount: items.length,
    TotalRecordCount: items.length,
  };
}

/** The edition is told only to those who ask for InstanceLevel 1. */
function describe(spec: InstanceSpec, parameters: Parameters): Readonly<Record<string, unknown>> {
  return {
    DBInstanceId: spec.id,
    DBInstanceDescription: spec.description,
    DBInstanceStatus: spec.status,
    DBInstanceType: spec.role,
    DBInstanceClass: spec.instanceClass,
    DBInstanceStorageType: spec.storageType,
    DBInstanceNetType: 'Intranet',
    Engine: spec.engine,
    EngineVersion: spec.engineVersion,
    ...(integer(parameters, 'InstanceLevel') === 1 ? { Category: spec.category } : {}),
    RegionId: spec.regionId,
    ZoneId: spec.zoneId,
    LockMode: spec.lockMode,
    LockReason: spec.lockReason,
    PayType: spec.payType,
    CreateTime: formatInstant(spec.createdAt),
    ExpireTime: '',
    ConnectionMode: 'Standard',
    InstanceNetworkType: 'VPC',
    ResourceGroupId: spec.resourceGroupId,
    MutriORsignle: false,
    ReadOnlyDBInstanceIds: { ReadOnlyDBInstanceId: [] },
    ...(spec.primaryId === undefined ? {} : { MasterInstanceId: spec.primaryId }),
  };
}
