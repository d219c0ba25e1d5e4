import { failureOf } from './rig';
import { ok, refused, useStub } from './stub';

const WIRE = { DBInstanceId: 'rm-1', DBInstanceClass: 'mysql.n2.medium.1', DBInstanceStorage: 20, PayType: 'Postpaid', Category: 'HighAvailability' };

const stub = useStub();
const listed = (wire: object): ReturnType<typeof ok> => ok({ Items: { DBInstanceAttribute: [wire] } });

test.each([
  { name: 'an ordinary instance', wire: {}, isServerless: false },
  { name: 'one that is paid as Serverless', wire: { PayType: 'SERVERLESS' }, isServerless: true },
  { name: 'one of a Serverless edition', wire: { Category: 'serverless_basic' }, isServerless: true },
  { name: 'a storage size as text', wire: { DBInstanceStorage: '20' }, isServerless: false },
  { name: 'a field that the SDK cannot read', wire: { MaxIOMBPS: '0MB/s', DeletionProtection: 'True' }, isServerless: false },
])('details are read: $name', async ({ wire, isServerless }) => {
  const gateway = await stub.answering(() => listed({ ...WIRE, ...wire }));

  expect(await gateway.readDetails('rm-1')).toEqual({ instanceClass: 'mysql.n2.medium.1', storageGb: 20, isServerless });
  expect(stub.calls()).toEqual([{ action: 'DescribeDBInstanceAttribute', query: { DBInstanceId: 'rm-1' } }]);
});

test.each([
  { name: 'a refusal', answer: refused('InvalidDBInstanceId.NotFound') },
  { name: 'an empty list', answer: ok({ Items: { DBInstanceAttribute: [] } }) },
  { name: 'another instance', answer: listed({ ...WIRE, DBInstanceId: 'rm-2' }) },
])('$name says that there is no such instance', async ({ answer }) => {
  const gateway = await stub.answering(() => answer);

  await expect(failureOf(gateway.readDetails('rm-1'))).resolves.toMatchObject({ code: 'refused', reason: 'instance-not-found', hint: expect.any(String) });
});

test.each([
  { name: 'no list', answer: ok({}), says: 'no attributes in it' },
  { name: 'no class', answer: listed({ ...WIRE, DBInstanceClass: '' }), says: 'no instance class or no storage in it' },
  { name: 'no storage', answer: listed({ ...WIRE, DBInstanceStorage: null }), says: 'no instance class or no storage in it' },
])('an answer with $name is refused', async ({ answer, says }) => {
  const gateway = await stub.answering(() => answer);

  expect((await failureOf(gateway.readDetails('rm-1'))).message).toContain(says);
});
