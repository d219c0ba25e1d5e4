import { formatInstant, type Instant, parseInstant } from '../../../lib/base/instant';
import { RefusedError } from '../../../lib/domain/cloud-errors';
import type { Instance } from '../../../lib/domain/instance';
import type { FaultReply } from '../../../lib/local/kinds';
import { plantSets } from '../../support/sets';
import { failureOf, type GatewayRig, startGatewayRig } from './rig';

const WANTED = parseInstant('2027-03-01T12:10:00Z') as Instant; // a literal
const ACTION = 'ModifyBackupSetExpireTime';

let rig: GatewayRig;
let instance: Instance;

beforeEach(async () => {
  rig = await startGatewayRig({ fleet: [{ id: 'mssql', engine: 'SQLServer', databases: ['ledger'], history: { days: 0 } }] });
  plantSets(rig.world, 'mssql', rig.clock.now(), [{ id: '321000007' }]);
  instance = await rig.instance('mssql');
});

afterEach(async () => {
  await rig.close();
  jest.useRealTimers();
});

const extend = (expiresAt: Instant | 'never' = WANTED): Promise<void> => rig.gateway.extendExpiry(instance, '321000007', expiresAt);
const expiry = async (): Promise<string | undefined> => {
  const set = await rig.gateway.findBackupSet('mssql', '321000007');
  return typeof set?.expiresAt === 'number' ? formatInstant(set.expiresAt) : set?.expiresAt;
};
const calls = (): number | undefined => rig.gateway.apiCalls()[ACTION];

test('a set is kept until the given time, which lists then show', async () => {
  await extend();

  expect(await expiry()).toBe('2027-03-01T12:10:00Z');
  expect(calls()).toBe(1);
});

test('a set is kept for ever', async () => {
  await extend('never');

  expect(await expiry()).toBe('never');
});

test.each<{ name: string; reply: FaultReply; message: string; serviceCode: string | undefined }>([
  { name: 'a code', reply: { kind: 'unsuccessful', code: '500', message: 'not now' }, message: 'was refused: 500 (not now)', serviceCode: '500' },
  {
    name: 'the code of a success',
    reply: { kind: 'unsuccessful', code: '200', message: 'not now' },
    message: 'Success is false (not now)',
    serviceCode: undefined,
  },
  { name: 'nothing more', reply: { kind: 'unsuccessful', code: '', message: '' }, message: 'was refused: Success is false', serviceCode: undefined },
])('HTTP 200 with Success: false and $name is a refusal, sent once', async ({ reply, message, serviceCode }) => {
  rig.breakCalls(ACTION, reply);

  const error = await failureOf(extend());

  expect(error).toBeInstanceOf(RefusedError);
  expect(error).toMatchObject({ operation: ACTION, target: 'mssql, backup set 321000007', serviceCode });
  expect(error.message).toContain(message);
  expect(calls()).toBe(1);
});

test.each<{ name: string; reply: FaultReply }>([
  { name: 'a reset', reply: { kind: 'reset' } },
  { name: 'an internal error', reply: { kind: 'error', status: 500, code: 'InternalError', message: 'x' } },
  { name: 'half an answer', reply: { kind: 'partial' } },
])('before it took effect, $name is repeated: the value is absolute', async ({ reply }) => {
  rig.breakCalls(ACTION, reply, 2);

  await extend();

  expect(await expiry()).toBe('2027-03-01T12:10:00Z');
  expect(calls()).toBe(3);
});

test('a lost answer is repeated and then refused, as the set is kept that long already: the caller reads it back', async () => {
  rig.breakCalls(ACTION, { kind: 'reset' }, 1, 'applied');

  const error = await failureOf(extend());

  expect(error).toMatchObject({ code: 'refused', serviceCode: 'InvalidExpectExpireTime' });
  expect(await expiry()).toBe('2027-03-01T12:10:00Z');
});

test('a shorter time is refused by the service', async () => {
  await extend();

  const error = await failureOf(extend((WANTED - 60_000) as Instant));

  expect(error).toMatchObject({ code: 'refused', serviceCode: 'InvalidExpectExpireTime' });
  expect(await expiry()).toBe('2027-03-01T12:10:00Z');
});
