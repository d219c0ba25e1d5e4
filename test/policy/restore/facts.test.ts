// What a restore depends on when it comes to the bill, and what its run keeps of it.
import type { RestoreSource, RestoreTarget } from '../../../lib/domain/restore';
import { costsOfInstance, costsOfTables, type RestoreRecord, restoreFailed, restoreStarted, sourceText } from '../../../lib/policy/restore-facts';
import { at, makeCopy, makeSet } from '../fixtures';
import { makeFound } from './fixtures';

const COPY: RestoreSource = { kind: 'copy', copyId: '14377', copyRegion: 'cn-shanghai' };
const SET: RestoreSource = { kind: 'set', instanceId: 'rm-1', backupId: '9001' };
const TIME = at('2026-11-20T12:00:00Z');
const TARGET: RestoreTarget = {
  region: 'cn-shanghai',
  engine: 'sqlserver',
  engineVersion: '2019_std_ha',
  instanceClass: 'mssql.x4.large.s2',
  storageGb: 100,
  description: undefined,
  payType: 'postpaid',
  vpcId: undefined,
  vSwitchId: undefined,
  zoneId: undefined,
  allowedAddresses: [],
};

test('the class, the storage, the place, the billing and the traffic, and no price', () => {
  expect(costsOfInstance(TARGET, COPY, makeFound())).toEqual([
    { name: 'new instance', value: 'SQL Server 2019_std_ha, class mssql.x4.large.s2' },
    { name: 'storage', value: '100 GB' },
    { name: 'region', value: 'cn-shanghai' },
    { name: 'billing', value: 'pay-as-you-go, from its creation until somebody releases it' },
    { name: 'cross-region traffic', value: 'none: the backup lies in cn-shanghai' },
    { name: 'prices', value: 'see the price page of ApsaraDB RDS for this class and region: the keeper knows no prices' },
  ]);
});

test.each<{ name: string; source: RestoreSource; region: string; found?: Parameters<typeof makeFound>[0]; says: string }>([
  {
    name: 'a copy that comes home',
    source: COPY,
    region: 'cn-hangzhou',
    found: { copy: makeCopy({ sizeBytes: 3 * 1024 ** 3 }) },
    says: 'from cn-shanghai to cn-hangzhou (the backup has 3.0 GB)',
  },
  {
    name: 'a copied time, whose size nobody knows',
    source: { kind: 'copied-time', at: TIME, sourceRegion: 'cn-hangzhou', sourceInstanceId: 'rm-1' },
    region: 'cn-hangzhou',
    found: { copy: undefined, set: undefined },
    says: 'from cn-shanghai to cn-hangzhou',
  },
  { name: 'a clone', source: SET, region: 'cn-hangzhou', found: { copy: undefined, set: makeSet() }, says: 'none: the backup lies in cn-hangzhou' },
  { name: 'a point in time', source: { kind: 'time', instanceId: 'rm-1', at: TIME }, region: 'cn-hangzhou', says: 'none: the backup lies in cn-hangzhou' },
  {
    name: 'a copy of which nobody knows where it lies',
    source: COPY,
    region: 'cn-hangzhou',
    found: { copyRegion: undefined },
    says: 'none: the backup lies in cn-hangzhou',
  },
])('traffic of $name', ({ source, region, found, says }) => {
  const costs = costsOfTables(region, source, makeFound(found));

  expect(costs).toEqual([
    { name: 'new instance', value: 'none' },
    { name: 'storage', value: 'what the restored tables take on the instance' },
    { name: 'cross-region traffic', value: says },
  ]);
});

test('a zone is part of the place', () => {
  expect(costsOfInstance({ ...TARGET, zoneId: 'cn-shanghai-b' }, COPY, makeFound())[2]).toEqual({ name: 'region', value: 'cn-shanghai, zone cn-shanghai-b' });
});

test.each<{ source: RestoreSource; text: string }>([
  { source: COPY, text: 'copy 14377 of rm-1 in cn-shanghai' },
  {
    source: { kind: 'copied-time', at: TIME, sourceRegion: 'cn-hangzhou', sourceInstanceId: 'rm-1' },
    text: 'rm-1 as of 2026-11-20T12:00:00Z, from its copies',
  },
  { source: SET, text: 'backup set 9001 of rm-1' },
  { source: { kind: 'time', instanceId: 'rm-1', at: TIME }, text: 'rm-1 as of 2026-11-20T12:00:00Z' },
])('a source in words: $text', ({ source, text }) => {
  expect(sourceText('rm-1', source)).toBe(text);
});

const RECORD: RestoreRecord = { key: 'drill', instanceId: 'rm-1', source: COPY, account: 'main', region: 'cn-shanghai', target: TARGET };

test('a run that made an instance says which, where, and how to go on', () => {
  expect(restoreStarted(RECORD, 'rm-new', '2001')).toEqual({
    id: 'restore-started:drill',
    severity: 'info',
    rule: 'restore-started',
    instanceId: 'rm-1',
    message: 'copy 14377 of rm-1 in cn-shanghai is being restored to the new instance rm-new in cn-shanghai',
    evidence: {
      key: 'drill',
      from: 'copy',
      account: 'main',
      region: 'cn-shanghai',
      instanceClass: 'mssql.x4.large.s2',
      storageGb: 100,
      restoredId: 'rm-new',
      orderId: '2001',
    },
    remedy: 'keeper restore status says when it is Running; release it when it is no longer needed: it is billed until then',
  });
});

test('tables make no instance, and no order', () => {
  const finding = restoreStarted({ ...RECORD, target: undefined }, 'rm-1', undefined);

  expect(finding.message).toBe('copy 14377 of rm-1 in cn-shanghai is being restored to rm-1 in cn-shanghai');
  expect(finding.evidence).toEqual({ key: 'drill', from: 'copy', account: 'main', region: 'cn-shanghai', restoredId: 'rm-1' });
  expect(finding.remedy).toBe('keeper restore status says when it is Running');
});

test("a refused restore keeps the service's words and code", () => {
  const finding = restoreFailed(RECORD, 'OperationDenied.Resource', 'the class is sold out');

  expect(finding).toMatchObject({ severity: 'error', rule: 'restore-failed', evidence: { code: 'OperationDenied.Resource', key: 'drill' } });
  expect(finding.message).toBe('copy 14377 of rm-1 in cn-shanghai was not restored: the class is sold out');
});
