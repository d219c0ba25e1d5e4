// Small worlds in which exactly one piece of work is due, and the run that does it.
import { createServer } from 'node:http';
import { makeDeadline } from '../../../lib/base/deadline';
import { DAY_MS, HOUR_MS } from '../../../lib/base/instant';
import { silentLogger } from '../../../lib/base/logger';
import type { ShardWork } from '../../../lib/domain/open-task';
import { makeFaultPlan } from '../../../lib/local/faults';
import type { FcEngine } from '../../../lib/local/fc/kinds';
import { makeFcListener } from '../../../lib/local/fc/server';
import type { FleetMember } from '../../../lib/local/fleet';
import { DEFAULT_ACCOUNT_ID } from '../../../lib/local/identities';
import { closeServer, listenOnLoopback } from '../../../lib/local/loopback';
import { runExtraBackup } from '../../../lib/run/extra-backup';
import { newTask } from '../../../lib/run/fan-out/tasks';
import { runRetentionHygiene } from '../../../lib/run/hygiene/run';
import { runReport } from '../../../lib/run/report';
import type { RunPorts, RunRequest } from '../../../lib/run/types';
import { openInvoker } from '../../../lib/wire/invoker';
import { readFunctionComputeSettings } from '../../../lib/wire/settings';
import type { KeeperOptions, TestKeeper } from '../../support/keeper';
import { plantSets } from '../../support/sets';
import { own } from '../hygiene/world';

/** Credentials of a role, as Function Compute gives them to a function. */
export interface RoleKeys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
}

export interface Work extends Pick<KeeperOptions, 'fleet' | 'policy' | 'cloud'> {
  /** With the rights of the default user: what had happened before. */
  readonly prepare?: (keeper: TestKeeper) => Promise<unknown>;
  /** What the function does under the role. Returns everything that it says. */
  readonly run: (keeper: TestKeeper, ports: RunPorts, keys: RoleKeys) => Promise<unknown>;
}

const MYSQL: FleetMember = { id: 'rm-one', engine: 'MySQL', tags: { tier: 'gold' }, usedGb: 1, history: { days: 1 } };
const SQL_SERVER: FleetMember = { id: 'rm-one', engine: 'SQLServer', databases: ['ledger', 'hr'], history: { days: 0 } };
const TWO: readonly FleetMember[] = [MYSQL, { ...MYSQL, id: 'rm-two' }];
const HANGZHOU = ['timezone: UTC', 'regions: [cn-hangzhou]'];

function policyOf(...sections: readonly string[]): string {
  return [...HANGZHOU, ...sections].join('\n');
}

const DAILY = 'extraBackups: [{ name: daily, schedule: "0 1 * * *" }]';
const KEEP_TWO = 'retention: { mode: enforce, keep: { last: 2 }, floor: 2, graceHours: 24 }\nlimits: { maxPurgesPerDay: 1000, maxPurgePercentPerDay: 100 }';
const manualSets = [1, 2, 20, 30].map((days) => ({ id: `${100 + days}`, agoMs: days * DAY_MS, keepDays: 400 }));
const SETTINGS = { retentionDays: 400, logRetentionDays: 7 };
const OF_LEDGER = manualSets.map((set) => ({ ...set, databases: ['ledger'] }));
const COPIED: FleetMember = { ...MYSQL, crossRegion: { destination: 'cn-shanghai', logs: true, enabledAgoMs: 60 * DAY_MS }, history: { days: 10 } };
const COPIES = '{ destination: cn-shanghai, retention: 30, logs: true, maxLagMinutes: 180, rpoMinutes: 120 }';

/** Yesterday's run has marked what today's is to purge. */
async function markYesterday(keeper: TestKeeper): Promise<void> {
  await own(keeper, 'rm-one', keeper.manualSets('rm-one'));
  await keeper.hygiene({ timer: 'yesterday' });
  keeper.clock.advance(DAY_MS);
}

/** A backup that was begun an hour ago: reconcile finds it finished. */
async function backUp(keeper: TestKeeper): Promise<void> {
  await keeper.tick();
  keeper.clock.advance(2 * HOUR_MS);
}

function requestOf({ clock, policy }: TestKeeper, shard?: ShardWork): RunRequest {
  const asOf = clock.now();
  const deadline = makeDeadline(clock, HOUR_MS, 1_000);
  return { trigger: { type: 'timer', id: 'tick', time: asOf }, asOf, dryRun: false, policy, deadline, ...(shard === undefined ? {} : { shard }) };
}

const PART: ShardWork = { account: 'default', region: 'cn-hangzhou', part: 1, parts: 1, fromPage: 1, leg: 0, changesLeft: 10, manualSets: 0 };

/** The task that a worker of this function takes, as the run that handed it over has left it. */
function handOver(name: 'extra-backup' | 'retention-hygiene'): (keeper: TestKeeper) => Promise<unknown> {
  return (keeper) => keeper.house.ledger.putTask(undefined, newTask(name, requestOf(keeper), PART, `keeper-${name}`, keeper.clock.now()));
}

/** Only what is asked of it here; nothing runs, hence the type. */
const TAKES_EVERYTHING = {
  manifest: {
    region: 'cn-hangzhou',
    accountId: DEFAULT_ACCOUNT_ID,
    functions: ['extra-backup', 'retention-hygiene'].map((name) => ({ name: `keeper-${name}`, async: { isTask: true } })),
  },
  enqueue: (_name: string, _event: Buffer, { taskId = '' } = {}) => ({ kind: 'accepted', requestId: 'r', taskId }),
} as unknown as FcEngine;

/** Runs a function that hands its fleet over to workers: a server of Function Compute takes the events, if RAM allows it. */
function divided(name: 'extra-backup' | 'retention-hygiene', useCase: typeof runExtraBackup): Work['run'] {
  return async (keeper, ports, keys) => {
    const { clock, cloud } = keeper;
    const listener = makeFcListener({ engine: TAKES_EVERYTHING, identities: cloud.identities, faults: makeFaultPlan(), now: clock.now });
    const server = createServer(listener);
    const port = await listenOnLoopback(server);
    try {
      const settings = readFunctionComputeSettings({ KEEPER_FC_ENDPOINT: `http://127.0.0.1:${port}` });
      const credentials = { current: async () => keys };
      const place = { accountId: DEFAULT_ACCOUNT_ID, region: 'cn-hangzhou' };
      const invoker = openInvoker({ settings, ...place, credentials, clock, random: () => 0.5, logger: silentLogger });
      return await useCase(requestOf(keeper), { ...ports, fanOut: { invoker, self: `keeper-${name}` } });
    } finally {
      await closeServer(server);
    }
  };
}

const TWO_REGIONS = ['timezone: UTC', 'regions: [cn-hangzhou, cn-shanghai]', DAILY].join('\n');
const MEMBER_ROLE = `acs:ram::${DEFAULT_ACCOUNT_ID}:role/rds-backup-keeper`;
const OF_A_MEMBER = `accounts: [{ name: default, credentials: { type: role, roleArn: "${MEMBER_ROLE}" } }]`;
const withMember = { identities: { roles: [{ name: 'rds-backup-keeper' }] } };

export const WORKS = {
  'a backup': { fleet: TWO, policy: policyOf(DAILY), run: (keeper, ports) => keeper.tick({ ports }) },
  'a backup of tagged instances': {
    fleet: TWO,
    policy: policyOf('select: { tags: { tier: gold } }', DAILY),
    run: (keeper, ports) => keeper.tick({ ports }),
  },
  'a backup of databases': {
    fleet: [{ ...MYSQL, databases: ['orders'] }],
    policy: policyOf('extraBackups: [{ name: daily, schedule: "0 1 * * *", databases: [orders] }]'),
    run: (keeper, ports) => keeper.tick({ ports }),
  },
  "a backup in a member's account": { fleet: [MYSQL], policy: policyOf(OF_A_MEMBER, DAILY), cloud: withMember, run: (keeper, ports) => keeper.tick({ ports }) },
  'backups by workers': { fleet: TWO, policy: TWO_REGIONS, run: divided('extra-backup', runExtraBackup) },
  "a worker's end": {
    fleet: [],
    policy: policyOf(DAILY),
    prepare: handOver('extra-backup'),
    run: (keeper, ports) => runExtraBackup(requestOf(keeper, PART), ports),
  },
  'a finished backup': { fleet: [MYSQL], policy: policyOf(DAILY), prepare: backUp, run: (keeper, ports) => keeper.reconcile({ ports }) },
  'an expiry': {
    fleet: [SQL_SERVER],
    policy: policyOf('expiry: [{ name: books, databases: [ledger], extendWhenLeft: 14d, keepFor: 90d }]'),
    prepare: async ({ cloud, clock }) => plantSets(cloud.world, 'rm-one', clock.now(), [{ id: '1' }]),
    run: (keeper, ports) => keeper.extend({ ports }),
  },
  copies: { fleet: [COPIED], policy: policyOf(`crossRegion: ${COPIES}`), run: (keeper, ports) => keeper.verify({ ports }) },
  'copies of SQL Server': {
    fleet: [{ ...COPIED, engine: 'SQLServer' }],
    policy: policyOf(`crossRegion: ${COPIES}`),
    run: (keeper, ports) => keeper.verify({ ports }),
  },
  'settings of copies': {
    fleet: [COPIED],
    policy: policyOf('crossRegion: { mode: enforce, destination: cn-shanghai, retention: 60, allowCost: true }'),
    run: (keeper, ports) => keeper.verify({ ports }),
  },
  'a report': { fleet: TWO, policy: policyOf(DAILY), run: (keeper, ports) => runReport(requestOf(keeper), ports) },
  settings: {
    fleet: [{ ...MYSQL, settings: SETTINGS }],
    policy: policyOf('settings: { mode: enforce, dataRetention: 500 }'),
    run: (keeper, ports) => keeper.hygiene({ ports }),
  },
  'settings as agreed': { fleet: TWO, policy: policyOf('settings: { mode: enforce, logBackup: true }'), run: (keeper, ports) => keeper.hygiene({ ports }) },
  'settings of tagged instances': {
    fleet: [{ ...MYSQL, settings: SETTINGS }],
    policy: policyOf('select: { tags: { tier: gold } }', 'settings: { mode: enforce, dataRetention: 500 }'),
    run: (keeper, ports) => keeper.hygiene({ ports }),
  },
  "settings in a member's account": {
    fleet: [{ ...MYSQL, settings: SETTINGS }],
    policy: policyOf(OF_A_MEMBER, 'settings: { mode: enforce, dataRetention: 500 }'),
    cloud: withMember,
    run: (keeper, ports) => keeper.hygiene({ ports }),
  },
  'settings by workers': { fleet: TWO, policy: TWO_REGIONS, run: divided('retention-hygiene', runRetentionHygiene) },
  "a hygiene worker's end": {
    fleet: [],
    policy: policyOf(KEEP_TWO),
    prepare: handOver('retention-hygiene'),
    run: (keeper, ports) => runRetentionHygiene(requestOf(keeper, PART), ports),
  },
  'a purge': {
    fleet: [{ ...MYSQL, settings: SETTINGS, history: { days: 0, manualSets } }],
    policy: policyOf(KEEP_TWO),
    prepare: markYesterday,
    run: (keeper, ports) => keeper.hygiene({ ports }),
  },
  'a purge of single databases': {
    fleet: [{ ...SQL_SERVER, settings: SETTINGS, history: { days: 0, manualSets: OF_LEDGER } }],
    policy: policyOf(KEEP_TWO.replace('graceHours: 24', 'graceHours: 24, deleteBackupFiles: true')),
    cloud: { rds: { backupFileDeleters: [DEFAULT_ACCOUNT_ID] } },
    prepare: markYesterday,
    run: (keeper, ports) => keeper.hygiene({ ports }),
  },
  'sets of released instances': {
    fleet: [{ ...MYSQL, settings: SETTINGS, history: { days: 0, manualSets } }],
    policy: policyOf(KEEP_TWO),
    run: (keeper, ports) => keeper.hygiene({ ports }),
  },
} as const satisfies Readonly<Record<string, Work>>;

export type WorkName = keyof typeof WORKS;
