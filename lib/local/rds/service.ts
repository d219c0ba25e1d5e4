// The local RDS API: its actions over the world, behind the RPC gateway.
import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { Instant } from '../../base/instant';
import type { Identities, Identity } from '../identities';
import type { FaultPlan } from '../kinds';
import { RpcError } from '../rpc/errors';
import { makeRpcServer, type RpcServiceOptions, runAction } from '../rpc/server';
import type { Parameters } from '../rpc/types';
import type { WorldDelta } from '../world/deltas';
import type { LateRequest } from '../world/state';
import type { World } from '../world/world';
import { checkCreateDdrDbInstance } from './actions/check-create-ddr-db-instance';
import { cloneDbInstance } from './actions/clone-db-instance';
import { createBackup } from './actions/create-backup';
import { createDdrInstance } from './actions/create-ddr-instance';
import { createRcSnapshot } from './actions/create-rc-snapshot';
import { deleteBackup } from './actions/delete-backup';
import { deleteBackupFile } from './actions/delete-backup-file';
import { deleteRcSnapshot } from './actions/delete-rc-snapshot';
import { describeAvailableCrossRegion } from './actions/describe-available-cross-region';
import { describeAvailableRecoveryTime } from './actions/describe-available-recovery-time';
import { describeBackupPolicy } from './actions/describe-backup-policy';
import { describeBackupTasks } from './actions/describe-backup-tasks';
import { describeBackups } from './actions/describe-backups';
import { describeBinlogFiles } from './actions/describe-binlog-files';
import { describeCrossBackupMetaList } from './actions/describe-cross-backup-meta-list';
import { describeCrossRegionBackupDbInstance } from './actions/describe-cross-region-backup-db-instance';
import { describeCrossRegionBackups } from './actions/describe-cross-region-backups';
import { describeCrossRegionLogBackupFiles } from './actions/describe-cross-region-log-backup-files';
import { describeDatabases } from './actions/describe-databases';
import { describeDbInstanceAttribute } from './actions/describe-db-instance-attribute';
import { describeDbInstances } from './actions/describe-db-instances';
import { describeDetachedBackups } from './actions/describe-detached-backups';
import { describeInstanceCrossBackupPolicy } from './actions/describe-instance-cross-backup-policy';
import { describeLocalAvailableRecoveryTime } from './actions/describe-local-available-recovery-time';
import { describeLogBackupFiles } from './actions/describe-log-backup-files';
import { describeRcDisks } from './actions/describe-rc-disks';
import { describeRcSnapshots } from './actions/describe-rc-snapshots';
import { describeRegions } from './actions/describe-regions';
import { describeTags } from './actions/describe-tags';
import { listTagResources } from './actions/list-tag-resources';
import { modifyBackupPolicy } from './actions/modify-backup-policy';
import { modifyBackupSetExpireTime } from './actions/modify-backup-set-expire-time';
import { modifyInstanceCrossBackupPolicy } from './actions/modify-instance-cross-backup-policy';
import { restoreDdrTable } from './actions/restore-ddr-table';
import { forbiddenByRam } from './errors';
import type { RdsAction } from './lookups';
import { DEFAULT_REGION } from './regions';

/** Adding an operation to the local RDS means a file in actions/, and a line here. */
export const RDS_ACTIONS: readonly RdsAction[] = [
  checkCreateDdrDbInstance,
  cloneDbInstance,
  createBackup,
  createDdrInstance,
  createRcSnapshot,
  deleteBackup,
  deleteBackupFile,
  deleteRcSnapshot,
  describeAvailableCrossRegion,
  describeAvailableRecoveryTime,
  describeBackupPolicy,
  describeBackupTasks,
  describeBackups,
  describeBinlogFiles,
  describeCrossBackupMetaList,
  describeCrossRegionBackupDbInstance,
  describeCrossRegionBackups,
  describeCrossRegionLogBackupFiles,
  describeDatabases,
  describeDbInstanceAttribute,
  describeDbInstances,
  describeDetachedBackups,
  describeInstanceCrossBackupPolicy,
  describeLocalAvailableRecoveryTime,
  describeLogBackupFiles,
  describeRcDisks,
  describeRcSnapshots,
  describeRegions,
  describeTags,
  listTagResources,
  modifyBackupPolicy,
  modifyBackupSetExpireTime,
  modifyInstanceCrossBackupPolicy,
  restoreDdrTable,
];

export interface RdsServiceOptions {
  readonly world: World;
  readonly identities: Identities;
  readonly faults: FaultPlan;
  readonly now: () => Instant;
  readonly latencyMs: number;
}

/** The RDS server, not yet listening. It also runs the world's late requests. */
export function makeRdsServer(options: RdsServiceOptions): Server {
  const { world, identities } = options;
  const service: RpcServiceOptions<World, WorldDelta> = {
    service: 'rds',
    version: '2014-08-15',
    hostId: 'rds.aliyuncs.com',
    actions: RDS_ACTIONS,
    world,
    identities,
    faults: options.faults,
    now: options.now,
    latencyMs: options.latencyMs,
    rateLimits: world.knobs.rateLimits,
    settle: (now) => world.settle(now),
    commit: (changes) => world.commit(changes),
    postpone: (call) => world.postpone({ id: randomUUID(), ...call }),
    regionOf: (parameters) => regionOf(world, parameters),
    resourceOf: (parameters, caller) => resourceOf(world, parameters, caller),
    denied: forbiddenByRam,
  };
  world.setLateHandler((request) => runLate(service, request));
  return makeRpcServer(service);
}

/** The region of the instance a call is about, or the one it names. */
function regionOf(world: World, parameters: Parameters): string {
  return world.find(parameters['DBInstanceId'] ?? '')?.spec.regionId ?? parameters['RegionId'] ?? parameters['Region'] ?? DEFAULT_REGION;
}

/** A check of a restore names the instance that would be restored. */
function resourceOf(world: World, parameters: Parameters, caller: Identity): string {
  const instanceId = parameters['DBInstanceId'] ?? parameters['SourceDBInstanceName'] ?? '*';
  return `acs:rds:${regionOf(world, parameters)}:${caller.accountId}:dbinstance/${instanceId}`;
}

/** A request that arrives late meets the rules of its moment; a refusal reaches nobody. */
function runLate(service: RpcServiceOptions<World, WorldDelta>, request: LateRequest): readonly WorldDelta[] {
  const action = RDS_ACTIONS.find((candidate) => candidate.name === request.operation);
  const caller = service.identities.lookup(request.accessKeyId);
  if (action === undefined || caller === undefined) return [];
  try {
    const call = { parameters: request.parameters, caller, now: request.at, asOf: request.at };
    return runAction(service, action, call).changes ?? [];
  } catch (error) {
    if (error instanceof RpcError) return [];
    throw error;
  }
}
