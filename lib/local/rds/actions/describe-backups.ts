// DescribeBackups: finished sets, good and failed, newest first, a while after they finished.
import { formatInstant, type Instant, SECOND_MS } from '../../../base/instant';
import { text } from '../../rpc/parameters';
import type { Call, Parameters } from '../../rpc/types';
import { isDeletable, isGone } from '../../world/deletion-rules';
import type { InstanceSpec, InstanceState, SetState } from '../../world/state';
import { refusal } from '../errors';
import { expiryText, pageOf, parseMinutes, setStatus } from '../formats';
import { INSTANCE_ID, type RdsAction, requireInstance } from '../lookups';

const DEFAULT_PAGE_SIZE = 30;

/** While in these, an instance has no lists. */
const STATES_WITHOUT_LISTS = ['Creating', 'Deleting'];

const WORDS: Readonly<Record<string, (set: SetState) => string>> = {
  BackupId: (set) => set.id,
  BackupMode: (set) => set.mode,
  BackupStatus: setStatus,
  BackupType: (set) => set.type,
};

export const describeBackups: RdsAction = {
  name: 'DescribeBackups',
  group: 'general',
  writes: false,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    BackupMode: { type: 'string', values: ['Automated', 'Manual'] },
    BackupStatus: { type: 'string', values: ['Success', 'Failed'] },
    BackupType: { type: 'string', values: ['FullBackup', 'IncrementalBackup'] },
    PageNumber: { type: 'int', min: 1, invalid: () => refusal('DescribeBackups', 'InvalidPageNumbers.Malformed') },
    PageSize: { type: 'int', min: 30, max: 1000, invalid: () => refusal('DescribeBackups', 'InvalidMaxRecordsPerPage.Malformed') },
  },
  run: (call, world) => {
    const instance = requireInstance(call, world, () => refusal('DescribeBackups', 'InvalidDBInstanceName.NotFound'));
    if (STATES_WITHOUT_LISTS.includes(instance.spec.status)) throw refusal('DescribeBackups', 'IncorrectDBInstanceState');
    const window = windowOf(call.parameters);
    const visible = visibleSets(instance, call, world.knobs.visibilityLagMs).filter(
      (set) => set.startedAt >= window.from && set.startedAt <= window.to && matches(set, call.parameters),
    );
    const page = pageOf(visible, call.parameters, DEFAULT_PAGE_SIZE);
    const snapshotBytes = visible.filter((set) => set.method === 'Snapshot').reduce((sum, set) => sum + set.sizeBytes, 0);
    return {
      body: {
        Items: { Backup: page.items.map((set) => describe(set, instance.spec, call.asOf)) },
        PageNumber: String(page.pageNumber),
        PageRecordCount: String(page.items.length),
        TotalRecordCount: String(page.total),
        TotalEcsSnapshotSize: snapshotBytes,
      },
    };
  },
};

/** Both times are optional, in minutes precision, and filter by the start of the set. */
function windowOf(parameters: Parameters): { readonly from: number; readonly to: number } {
  const start = text(parameters, 'StartTime');
  const end = text(parameters, 'EndTime');
  const from = start === undefined ? Number.NEGATIVE_INFINITY : parseMinutes(start);
  const to = end === undefined ? Number.POSITIVE_INFINITY : parseMinutes(end);
  if (from === undefined) throw refusal('DescribeBackups', 'InvalidStartTime.Format');
  if (to === undefined) throw refusal('DescribeBackups', 'InvalidEndTime.Format');
  if (to <= from) throw refusal('DescribeBackups', 'InvalidParameterCombination');
  return { from, to };
}

function visibleSets(instance: InstanceState, call: Call, lagMs: number): readonly SetState[] {
  return instance.sets
    .filter((set) => set.endedAt + lagMs <= call.asOf && !isGone(set, call.asOf))
    .sort((a, b) => b.startedAt - a.startedAt || Number(b.id) - Number(a.id));
}

function matches(set: SetState, parameters: Parameters): boolean {
  return Object.entries(WORDS).every(([name, read]) => {
    const wanted = text(parameters, name);
    return wanted === undefined || read(set) === wanted;
  });
}

function describe(set: SetState, spec: InstanceSpec, asOf: Instant): Readonly<Record<string, unknown>> {
  const isGood = set.outcome === 'Finished';
  return {
    BackupId: set.id,
    DBInstanceId: spec.id,
    BackupStatus: setStatus(set),
    BackupStartTime: formatInstant(set.startedAt),
    BackupEndTime: formatInstant(set.endedAt),
    BackupType: set.type,
    BackupMode: set.mode,
    BackupMethod: set.method,
    BackupInitiator: set.mode === 'Manual' ? 'User' : 'System',
    BackupSize: set.sizeBytes,
    IsAvail: isGood ? 1 : 0,
    MetaStatus: isGood ? 'OK' : 'EMPTY',
    StoreStatus: isDeletable(set, spec, asOf) ? 'Enabled' : 'Disabled',
    StorageClass: '0',
    CopyOnlyBackup: spec.engine === 'SQLServer' ? '0' : '',
    // Seconds since the epoch, and for MySQL 5.6 only.
    ConsistentTime: spec.engine === 'MySQL' && spec.engineVersion === '5.6' ? Math.floor(set.startedAt / SECOND_MS) : 0,
    // Text that holds JSON: an object makes the official client throw.
    Encryption: '{}',
    Checksum: '',
    Engine: spec.engine,
    EngineVersion: spec.engineVersion,
    HostInstanceID: '5882781',
    ExpectExpireTime: expiryText(set.expiresAt),
    ...downloadsOf(set, spec),
  };
}

/** Snapshots cannot be downloaded. Database-level sets list their databases here and nowhere else. */
function downloadsOf(set: SetState, spec: InstanceSpec): Readonly<Record<string, unknown>> {
  const canDownload = set.method !== 'Snapshot' && set.outcome === 'Finished';
  const link = (host: string, query: string): string => (canDownload ? `https://${host}.bak.rds.aliyuncs.com/${spec.id}/${set.id}.zip?${query}` : '');
  const intranet = `${spec.regionId}-internal`;
  const byDatabase = (set.databases ?? []).map((name) => ({
    DataBase: name,
    DownloadLink: link(spec.regionId, `dbList=${encodeURIComponent(name)}`),
    IntranetDownloadLink: link(intranet, `dbList=${encodeURIComponent(name)}`),
  }));
  return {
    BackupDownloadURL: link(spec.regionId, 'Expires=3600'),
    BackupIntranetDownloadURL: link(intranet, 'Expires=3600'),
    BackupDownloadLinkByDB: { BackupDownloadLinkByDB: byDatabase },
  };
}
