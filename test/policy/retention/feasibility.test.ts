// Whether the service would delete a set: every engine, edition and state of its documents.
import { type Instant, instant } from '../../../lib/base/instant';
import type { Edition, Instance, InstanceEngine, InstanceRole, StorageKind } from '../../../lib/domain/instance';
import { decidePurgeFeasibility } from '../../../lib/policy/retention/feasibility';
import type { LogSettings, PurgeFeasibility, TracedSet } from '../../../lib/policy/retention/types';
import { DAY, makeInstance } from '../fixtures';
import { AS_OF, LOGS, makeTraced, NO_LOGS } from './support';

const SINGLE = { scope: { kind: 'databases', databases: ['orders'] } } as const;
const OLD = instant(AS_OF - 20 * DAY);

interface Case {
  readonly set?: Partial<TracedSet>;
  readonly instance?: Partial<Instance>;
  readonly settings?: LogSettings | undefined;
  readonly deleteBackupFiles?: boolean;
}

/** A set of twenty days, deletable unless the case says otherwise. */
function decide({ set = {}, instance = {}, deleteBackupFiles = false, ...rest }: Case): PurgeFeasibility {
  const settings = 'settings' in rest ? rest.settings : LOGS;
  return decidePurgeFeasibility(makeTraced({ startedAt: OLD, endedAt: OLD, ...set }), makeInstance(instance), settings, { deleteBackupFiles }, AS_OF);
}

describe('by engine and storage, High-availability Edition', () => {
  test.each<{ engine: InstanceEngine; storage: StorageKind; method: TracedSet['method']; expected: PurgeFeasibility['when']; rule?: string }>([
    { engine: 'mysql', storage: 'local-disk', method: 'physical', expected: 'now' },
    { engine: 'mysql', storage: 'local-disk', method: 'logical', expected: 'never', rule: 'manual logical sets cannot be deleted' },
    { engine: 'mysql', storage: 'cloud-disk', method: 'snapshot', expected: 'now' },
    { engine: 'postgresql', storage: 'local-disk', method: 'physical', expected: 'now' },
    { engine: 'postgresql', storage: 'cloud-disk', method: 'snapshot', expected: 'now' },
    { engine: 'sqlserver', storage: 'local-disk', method: 'physical', expected: 'never', rule: 'sets of single databases only' },
    { engine: 'sqlserver', storage: 'cloud-disk', method: 'snapshot', expected: 'never', rule: 'sets of single databases only' },
    { engine: 'mariadb', storage: 'cloud-disk', method: 'snapshot', expected: 'never', rule: 'no way to delete sets of MariaDB is documented' },
    { engine: 'other', storage: 'cloud-disk', method: 'snapshot', expected: 'never', rule: 'the documents do not cover this engine' },
  ])('$engine on $storage, $method: $expected', ({ engine, storage, method, expected, rule = '' }) => {
    const feasibility = decide({ instance: { engine, storage }, set: { method } });

    expect(feasibility.when).toBe(expected);
    expect('rule' in feasibility ? feasibility.rule : '').toContain(rule);
  });
});

describe('by edition', () => {
  const engines = ['mysql', 'postgresql'] as const;
  const editions: readonly { edition: Edition; name: string }[] = [
    { edition: 'basic', name: 'Basic Edition' },
    { edition: 'cluster', name: 'Cluster Edition' },
    { edition: 'finance', name: 'Enterprise Edition' },
    { edition: 'serverless', name: 'serverless' },
    { edition: 'other', name: 'of an edition that the documents do not name' },
  ];

  test.each(engines.flatMap((engine) => editions.map((each) => ({ engine, ...each }))))('$engine, $edition: never', ({ engine, edition, name }) => {
    expect(decide({ instance: { engine, edition } })).toEqual({
      when: 'never',
      rule: `RDS API, DeleteBackup: High-availability Edition only; this instance is ${name}`,
    });
  });

  test.each(engines)('%s, high-availability: the call for sets of an instance', (engine) => {
    expect(decide({ instance: { engine } })).toEqual({ when: 'now', call: 'instance-sets' });
  });
});

describe('by role', () => {
  test.each<{ role: InstanceRole; rule: string }>([
    { role: 'read-only', rule: 'ReadDBInstanceNotSupport' },
    { role: 'guard', rule: 'disaster recovery instance' },
    { role: 'temporary', rule: 'temporary instance' },
  ])('$role: never, on any engine', ({ role, rule }) => {
    for (const engine of ['mysql', 'postgresql', 'sqlserver', 'mariadb', 'other'] as const) {
      const feasibility = decide({ instance: { role, engine }, deleteBackupFiles: true, set: SINGLE });

      expect(feasibility).toEqual({ when: 'never', rule: expect.stringContaining(rule) });
    }
  });
});

describe('on SQL Server', () => {
  test.each<{ name: string; set: Partial<TracedSet>; deleteBackupFiles: boolean; expected: PurgeFeasibility | { when: string; rule: string } }>([
    {
      name: 'a set of single databases goes when the account is on the list',
      set: SINGLE,
      deleteBackupFiles: true,
      expected: { when: 'now', call: 'database-files' },
    },
    {
      name: 'it never goes when the account is not',
      set: SINGLE,
      deleteBackupFiles: false,
      expected: { when: 'never', rule: expect.stringContaining('closed to new users') },
    },
    {
      name: 'a whole-instance set never goes',
      set: {},
      deleteBackupFiles: true,
      expected: { when: 'never', rule: expect.stringContaining('sets of single databases only') },
    },
    {
      name: 'a set of unknown scope never goes',
      set: { scope: { kind: 'unknown' } },
      deleteBackupFiles: true,
      expected: { when: 'never', rule: expect.stringContaining('sets of single databases only') },
    },
    {
      name: 'an automatic set never goes, whatever its list says',
      set: { ...SINGLE, mode: 'automated' },
      deleteBackupFiles: true,
      expected: { when: 'never', rule: expect.stringContaining('sets of single databases only') },
    },
  ])('$name', ({ set, deleteBackupFiles, expected }) => {
    expect(decide({ instance: { engine: 'sqlserver' }, set, deleteBackupFiles })).toEqual(expected);
  });
});

describe('by log backup', () => {
  const ended = (days: number): Partial<TracedSet> => ({ endedAt: instant(AS_OF - days * DAY) });
  const until = (at: Instant | undefined, rule: string) => ({ when: 'until', at, rule: expect.stringContaining(rule) });
  const now = { when: 'now', call: 'instance-sets' };
  const shortData: LogSettings = { logBackup: true, logRetentionDays: 7, dataRetentionDays: 7 };

  test.each<{ name: string; case: Case; expected: object }>([
    { name: 'on: older than the logs', case: { set: ended(7) }, expected: now },
    { name: 'on: younger than the logs', case: { set: ended(6) }, expected: until(instant(AS_OF + DAY), 'only sets older than the log retention') },
    {
      name: 'on: younger than the logs, although the service says Enabled',
      case: { set: { ...ended(6), storeStatus: 'enabled' } },
      expected: until(instant(AS_OF + DAY), 'only sets older than the log retention'),
    },
    { name: 'off: older than seven days', case: { set: ended(7), settings: NO_LOGS }, expected: now },
    { name: 'off: younger', case: { set: ended(2), settings: NO_LOGS }, expected: until(instant(AS_OF + 5 * DAY), 'only sets older than 7 days') },
    {
      name: 'on: the service still says Disabled',
      case: { set: { ...ended(8), storeStatus: 'disabled' } },
      expected: until(undefined, 'the service still says Disabled'),
    },
    {
      name: 'on: the service does not say StoreStatus',
      case: { set: { ...ended(8), storeStatus: undefined } },
      expected: until(undefined, 'the service does not say it of this one'),
    },
    {
      name: 'on: younger, and Disabled for that reason',
      case: { set: { ...ended(6), storeStatus: 'disabled' } },
      expected: until(instant(AS_OF + DAY), 'only sets older than the log retention'),
    },
    {
      name: 'on, with logs kept as long as data',
      case: { settings: shortData },
      expected: {
        when: 'never',
        rule: expect.stringContaining('needs log retention < data retention (they are 7 and 7 days): shorten logs or lengthen data retention'),
      },
    },
    {
      name: 'on, with logs kept as long as data, also when the instance does not run',
      case: { settings: shortData, instance: { status: 'Stopped' } },
      expected: { when: 'never', rule: expect.stringContaining('needs log retention < data retention') },
    },
    {
      name: 'not known: the settings could not be read',
      case: { settings: undefined },
      expected: until(undefined, 'the settings of the instance are not known'),
    },
    { name: 'not said', case: { settings: { ...LOGS, logBackup: undefined } }, expected: until(undefined, 'are not known') },
    { name: 'on, log retention not said', case: { settings: { ...LOGS, logRetentionDays: undefined } }, expected: until(undefined, 'are not known') },
    { name: 'on, data retention not said', case: { settings: { ...LOGS, dataRetentionDays: undefined } }, expected: until(undefined, 'are not known') },
  ])('$name', ({ case: asked, expected }) => {
    expect(decide(asked)).toEqual(expected);
  });
});

describe('by state', () => {
  test.each<{ name: string; instance: Partial<Instance>; rule: string }>([
    {
      name: 'an instance that is not Running',
      instance: { status: 'Rebooting' },
      rule: 'only while the instance is Running (IncorrectDBInstanceState); it is Rebooting',
    },
    { name: 'a locked instance', instance: { isLocked: true }, rule: 'not while the instance is locked' },
    { name: 'a stopped instance whose set is too young as well', instance: { status: 'Stopped' }, rule: 'it is Stopped' },
  ])('$name: nobody knows when', ({ instance, rule }) => {
    expect(decide({ instance, set: { endedAt: AS_OF } })).toEqual({ when: 'until', at: undefined, rule: expect.stringContaining(rule) });
  });
});
