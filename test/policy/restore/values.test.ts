// What was typed for a restore: every parameter of the documents, and the rule that a wrong one breaks.
import fc from 'fast-check';
import type { RestoreWish } from '../../../lib/policy/restore-types';
import { ENGINE_VERSIONS, wishRefusals } from '../../../lib/policy/restore-values';
import { at, NOW } from '../fixtures';
import { makeCloneWish, makeWish } from './fixtures';

const DDR = 'RDS API, CreateDdrInstance';
const CLONE = 'RDS API, CloneDBInstance';

test.each<{ name: string; wish: RestoreWish; parameter: string; says: string; rule: string }>([
  {
    name: 'a storage size that is no multiple of 5',
    wish: makeWish({ storageGb: 103 }),
    parameter: 'storage',
    says: '103 GB is no storage size',
    rule: `${DDR}: DBInstanceStorage is 5 to 2000 GB in steps of 5`,
  },
  { name: 'no storage at all', wish: makeWish({ storageGb: 0 }), parameter: 'storage', says: '0 GB', rule: '5 to 2000 GB' },
  { name: 'too much storage', wish: makeWish({ storageGb: 2_005 }), parameter: 'storage', says: '2005 GB', rule: '5 to 2000 GB' },
  { name: 'half a step', wish: makeWish({ storageGb: 7.5 }), parameter: 'storage', says: '7.5 GB', rule: 'steps of 5' },
  {
    name: 'a version that the engine does not have',
    wish: makeWish({ engine: 'mysql', engineVersion: '9.4' }),
    parameter: 'engine-version',
    says: 'MySQL has no version "9.4"',
    rule: 'EngineVersion is one of 5.5, 5.6, 5.7, 8.0 for MySQL',
  },
  {
    name: 'a class that is none',
    wish: makeWish({ instanceClass: 'x; y' }),
    parameter: 'class',
    says: '"x; y" is no instance class',
    rule: `${DDR}: DBInstanceClass`,
  },
  {
    name: 'a time in the future, of the local backups',
    wish: makeWish({ from: { kind: 'time', at: at('2026-11-21T02:05:01Z') } }),
    parameter: 'at',
    says: '2026-11-21T02:05:01Z is not earlier than now, 2026-11-21T02:05:00Z',
    rule: `${CLONE}: RestoreTime must be earlier than the current time, in UTC`,
  },
  {
    name: 'this very moment, of the copies',
    wish: makeWish({ from: { kind: 'copied-time', at: NOW } }),
    parameter: 'at',
    says: 'is not earlier than now',
    rule: `${DDR}: RestoreTime must be earlier`,
  },
  {
    name: 'a copy that is no number',
    wish: makeWish({ from: { kind: 'copy', copyId: 'abc' } }),
    parameter: 'copy',
    says: '"abc" is no id',
    rule: 'CrossBackupId is a number',
  },
  { name: 'a set that is no id', wish: makeCloneWish({ from: { kind: 'set', backupId: '' } }), parameter: 'set', says: '"" is no id', rule: 'BackupId' },
  { name: 'an instance that is no id', wish: makeWish({ instanceId: 'rm 1' }), parameter: 'instance', says: '"rm 1" is no instance id', rule: 'DBInstanceId' },
  { name: 'a short description', wish: makeWish({ description: 'a' }), parameter: 'description', says: '"a" cannot be', rule: '2 to 256 characters' },
  {
    name: 'a long description of a clone',
    wish: makeCloneWish({ description: 'a'.repeat(256) }),
    parameter: 'description',
    says: 'cannot be',
    rule: '2 to 255 characters',
  },
  {
    name: 'a description that is a link',
    wish: makeWish({ description: 'http://x' }),
    parameter: 'description',
    says: 'cannot be',
    rule: 'letters, digits, _ and -',
  },
  { name: 'a VPC alone', wish: makeWish({ vpcId: 'vpc-1' }), parameter: 'vpc', says: 'together or not at all', rule: 'VPCId and VSwitchId' },
  { name: 'a vSwitch alone', wish: makeCloneWish({ vSwitchId: 'vsw-1' }), parameter: 'vpc', says: 'together or not at all', rule: 'VPCId and VSwitchId' },
  {
    name: 'a vSwitch without its zone',
    wish: makeWish({ vpcId: 'vpc-1', vSwitchId: 'vsw-1' }),
    parameter: 'zone',
    says: 'zone is missing',
    rule: 'ZoneId is required',
  },
  {
    name: 'addresses of a clone',
    wish: makeCloneWish({ allowedAddresses: ['10.0.0.1'] }),
    parameter: 'allow',
    says: 'cannot be given here',
    rule: 'the same IP address whitelist',
  },
  {
    name: 'a name for an address',
    wish: makeWish({ allowedAddresses: ['example'] }),
    parameter: 'allow',
    says: '"example" is no address',
    rule: 'CIDR blocks',
  },
  { name: 'an address beyond 255', wish: makeWish({ allowedAddresses: ['10.0.0.256'] }), parameter: 'allow', says: 'is no address', rule: 'CIDR blocks' },
  { name: 'all the addresses there are', wish: makeWish({ allowedAddresses: ['0.0.0.0/0'] }), parameter: 'allow', says: 'is no address', rule: '/1 to /32' },
  { name: 'a prefix of 33 bits', wish: makeWish({ allowedAddresses: ['10.0.0.0/33'] }), parameter: 'allow', says: 'is no address', rule: '/1 to /32' },
  { name: 'an address twice', wish: makeWish({ allowedAddresses: ['10.0.0.1', '10.0.0.1'] }), parameter: 'allow', says: 'given twice', rule: 'unique' },
  {
    name: 'more addresses than fit',
    wish: makeWish({ allowedAddresses: Array.from({ length: 1_001 }, (_, index) => `10.0.${Math.floor(index / 256)}.${index % 256}`) }),
    parameter: 'allow',
    says: '1001 addresses are too many',
    rule: 'at most 1000 entries',
  },
])('$name is refused', ({ wish, parameter, says, rule }) => {
  const refusals = wishRefusals(wish, NOW);

  expect(refusals).toEqual([{ parameter, message: expect.stringContaining(says), rule: expect.stringContaining(rule) }]);
});

test.each<{ name: string; wish: RestoreWish }>([
  { name: 'nothing but a copy', wish: makeWish() },
  { name: 'a second ago', wish: makeWish({ from: { kind: 'time', at: at('2026-11-21T02:04:59Z') } }) },
  {
    name: 'everything, of a copy',
    wish: makeWish({
      engine: 'postgresql',
      engineVersion: '16.0',
      instanceClass: 'pg.n2.2c.2m',
      storageGb: 2_000,
      description: '测试-orders_1',
      vpcId: 'vpc-1',
      vSwitchId: 'vsw-1',
      zoneId: 'cn-shanghai-b',
      allowedAddresses: ['10.0.0.1', '10.23.12.24/24'],
    }),
  },
  { name: 'a network without a zone, of a clone', wish: makeCloneWish({ vpcId: 'vpc-1', vSwitchId: 'vsw-1', storageGb: 5 }) },
  { name: 'a version whose engine is not told', wish: makeWish({ engineVersion: '9.4' }) },
])('$name is fine', ({ wish }) => {
  expect(wishRefusals(wish, NOW)).toEqual([]);
});

test('exactly the sizes from 5 to 2000 in steps of 5 pass', () => {
  fc.assert(
    fc.property(fc.integer({ min: -10, max: 3_000 }), (storageGb) => {
      const isAllowed = wishRefusals(makeWish({ storageGb }), NOW).length === 0;

      expect(isAllowed).toBe(storageGb >= 5 && storageGb <= 2_000 && storageGb % 5 === 0);
    }),
  );
});

test('every version of every engine that the documents name passes, and no version of another engine', () => {
  for (const engine of ['mysql', 'postgresql', 'sqlserver'] as const) {
    for (const [of, versions] of Object.entries(ENGINE_VERSIONS)) {
      for (const engineVersion of versions) {
        expect(wishRefusals(makeWish({ engine, engineVersion }), NOW).length).toBe(of === engine ? 0 : 1);
      }
    }
  }
});

test('every mistake is told at once', () => {
  const wish = makeWish({ instanceId: '', storageGb: 3, description: '1', from: { kind: 'time', at: NOW } });

  expect(wishRefusals(wish, NOW).map(({ parameter }) => parameter)).toEqual(['instance', 'at', 'storage', 'description']);
});
