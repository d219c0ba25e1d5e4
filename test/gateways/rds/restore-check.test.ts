import { AmbiguousError } from '../../../lib/domain/cloud-errors';
import type { RestoreCheck } from '../../../lib/domain/cross-region';
import { at } from '../../support/ledger';
import { failureOf } from './rig';
import { ok, refused, useStub } from './stub';

const CHECK: RestoreCheck = {
  region: 'cn-beijing',
  engine: 'mysql',
  engineVersion: '8.0',
  instanceClass: 'rds.mysql.s1.small',
  storageGb: 20,
  what: { kind: 'copy', copyId: '14358' },
};

const stub = useStub();

test('a copy is asked for by its id, in the region of the new instance', async () => {
  const gateway = await stub.answering(() => ok({ IsValid: 'true' }));

  expect(await gateway.checkRestore(CHECK)).toEqual({ isRestorable: true });
  expect(stub.calls()).toEqual([
    {
      action: 'CheckCreateDdrDBInstance',
      query: {
        RegionId: 'cn-beijing',
        Engine: 'MySQL',
        EngineVersion: '8.0',
        DBInstanceClass: 'rds.mysql.s1.small',
        DBInstanceStorage: '20',
        RestoreType: '0',
        BackupSetId: '14358',
      },
    },
  ]);
});

test('a point in time is asked for with its source', async () => {
  const gateway = await stub.answering(() => ok({ IsValid: 'true' }));
  const what = { kind: 'time', at: at('2026-11-20T03:29:10Z'), sourceRegion: 'cn-hangzhou', sourceInstanceId: 'rm-1' } as const;

  await gateway.checkRestore({ ...CHECK, engine: 'sqlserver', what });

  const { BackupSetId, ...query } = stub.calls()[0]?.query ?? {};
  expect(BackupSetId).toBeUndefined();
  expect(query).toMatchObject({
    Engine: 'SQLServer',
    RestoreType: '1',
    RestoreTime: '2026-11-20T03:29:10Z',
    SourceRegion: 'cn-hangzhou',
    SourceDBInstanceName: 'rm-1',
  });
});

test.each([
  { said: 'true', isRestorable: true },
  { said: 'True', isRestorable: true },
  { said: true, isRestorable: true },
  { said: 'false', isRestorable: false },
  { said: false, isRestorable: false },
])('IsValid $said means restorable: $isRestorable', async ({ said, isRestorable }) => {
  const gateway = await stub.answering(() => ok({ IsValid: said }));

  expect(await gateway.checkRestore(CHECK)).toMatchObject({ isRestorable });
});

test.each([{}, { IsValid: '' }, { IsValid: 'perhaps' }])('an answer that says neither is an error: %j', async (members) => {
  const gateway = await stub.answering(() => ok(members));

  const error = await failureOf(gateway.checkRestore(CHECK));

  expect(error).toBeInstanceOf(AmbiguousError);
  expect(error.message).toContain('it does not say whether the restore is possible');
});

test.each([
  { code: 'NoAvailableDisasterRestoreBakset', words: /no copy/ },
  { code: 'NoAvailableLogBackup', words: /no copied logs/ },
  { code: 'InvalidBackupSetID.NotFound', words: /knows no copy of that id/ },
  { code: 'IncorrectBackupSetType', words: /cross-region copy/ },
  { code: 'IncorrectBackupSetMethod', words: /backup method/ },
  { code: 'IncorrectBaksetVersion', words: /version of the engine/ },
  { code: 'IncorrectEngineVersion', words: /version of the engine/ },
  { code: 'CrossRegionUnsupportTDE', words: /transparent data encryption/ },
  { code: 'IncorrectDBInstance', words: /kind whose copies/ },
  { code: 'IncorrectDBInstanceType', words: /engine and type/ },
  { code: 'IncorrectDBType', words: /databases of this kind/ },
])('$code is an answer, in words', async ({ code, words }) => {
  const gateway = await stub.answering(() => refused(code, 403));

  expect(await gateway.checkRestore(CHECK)).toEqual({ isRestorable: false, code, reason: expect.stringMatching(words) });
});

test.each([
  { code: 'InvalidDBInstanceClass.NotFound', reason: 'invalid-request' },
  { code: 'InvalidStorage.Format', reason: 'invalid-request' },
  { code: 'DisasterRestoreRegionNotMatched', reason: 'invalid-request' },
  { code: 'InvalidDBInstance.NotFound', reason: 'instance-not-found' },
  { code: 'toString', reason: 'other' },
])('$code says nothing about the copy, and is an error', async ({ code, reason }) => {
  const gateway = await stub.answering(() => refused(code));

  await expect(failureOf(gateway.checkRestore(CHECK))).resolves.toMatchObject({ code: 'refused', reason, target: 'copy 14358' });
});

test('an outage is no answer', async () => {
  const gateway = await stub.answering(() => refused('InternalError', 500));

  await expect(failureOf(gateway.checkRestore(CHECK))).resolves.toBeInstanceOf(AmbiguousError);
});
