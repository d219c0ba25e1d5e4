import type { RdsGateway } from '../../../lib/domain/ports';
import { at } from '../../support/ledger';
import { failureOf } from './rig';
import { ok, refused, useStub } from './stub';

const WINDOW = { RecoveryBeginTime: '2026-11-12T05:22:29Z', RecoveryEndTime: '2026-11-21T00:33:12Z' };

const stub = useStub();
const READERS: readonly { name: string; read: (of: RdsGateway) => Promise<unknown> }[] = [
  { name: 'the local window', read: (of) => of.localRecoveryWindow('rm-1') },
  { name: 'the window of a copy', read: (of) => of.copyRecoveryWindow('rm-1', '14377') },
];

describe.each(READERS)('$name', ({ read }) => {
  test('is read', async () => {
    const gateway = await stub.answering(() => ok(WINDOW));

    expect(await read(gateway)).toEqual({ from: at('2026-11-12T05:22:29Z'), to: at('2026-11-21T00:33:12Z') });
  });

  test.each([{ RecoveryBeginTime: '', RecoveryEndTime: '' }, {}])('is none where its times are empty: %j', async (members) => {
    const gateway = await stub.answering(() => ok(members));

    expect(await read(gateway)).toBeUndefined();
  });

  test.each(['LogBackupNotEnabled', 'InvalidBackup.NotFound', 'InvalidBinlog.NotFound', 'NoAvailableLogBackup', 'NoAvailableDisasterRestoreBakset'])(
    'is none where the service says %s',
    async (code) => {
      const gateway = await stub.answering(() => refused(code));

      expect(await read(gateway)).toBeUndefined();
    },
  );

  test.each([
    { ...WINDOW, RecoveryEndTime: '' },
    { ...WINDOW, RecoveryBeginTime: 'yesterday' },
  ])('with a time that cannot be read is an error, not none: %j', async (members) => {
    const gateway = await stub.answering(() => ok(members));

    expect((await failureOf(read(gateway))).message).toContain('no readable begin or end of the recovery window in it');
  });

  test('that cannot be asked for is an error', async () => {
    const gateway = await stub.answering(() => refused('InvalidDBInstance.NotFound', 404));

    await expect(failureOf(read(gateway))).resolves.toMatchObject({ reason: 'instance-not-found' });
  });
});

test('the local window is asked for with the region under the name that this operation gives it', async () => {
  const gateway = await stub.answering(() => ok(WINDOW));

  await gateway.localRecoveryWindow('rm-1');

  expect(stub.calls()).toEqual([{ action: 'DescribeLocalAvailableRecoveryTime', query: { DBInstanceId: 'rm-1', Region: 'cn-hangzhou' } }]);
});

test('the id of a copy reaches the service digit by digit', async () => {
  const gateway = await stub.answering(() => ok(WINDOW));

  await gateway.copyRecoveryWindow('rm-1', '9007199254740993');

  expect(stub.calls()).toEqual([
    { action: 'DescribeAvailableRecoveryTime', query: { DBInstanceId: 'rm-1', RegionId: 'cn-hangzhou', CrossBackupId: '9007199254740993' } },
  ]);
});

test('what is no id of a copy is not sent', async () => {
  const gateway = await stub.answering(() => ok(WINDOW));

  await expect(failureOf(gateway.copyRecoveryWindow('rm-1', 'b-n8tpg'))).resolves.toMatchObject({ reason: 'invalid-request' });
  expect(stub.calls()).toEqual([]);
});

test('SQL Server is told apart from an instance without a window', async () => {
  const gateway = await stub.answering(() => refused('IncorrectDBInstanceEngine', 403));

  await expect(failureOf(gateway.localRecoveryWindow('rm-1'))).resolves.toMatchObject({
    code: 'refused',
    hint: expect.stringContaining('MySQL, PostgreSQL and MariaDB only'),
  });
});
