// Cross-region settings, times and pages as the operations on copies write and read them: words and types differ from those on local sets.
import { formatInstant, type Instant } from '../../base/instant';
import type { RpcError } from '../rpc/errors';
import { text } from '../rpc/parameters';
import type { ParameterRule, Parameters } from '../rpc/types';
import type { CrossRegionSettings } from '../world/copy-state';
import type { EngineName, InstanceSpec } from '../world/state';
import { parseSeconds } from './formats';

/** The internal names of engines, which some operations show. ASSUMED for PostgreSQL: only the others are seen in the wild. */
export const INTERNAL_ENGINES: Readonly<Record<EngineName, string>> = { MySQL: 'mysql', PostgreSQL: 'pgsql', SQLServer: 'mssql', MariaDB: 'mariadb' };

export const COPY_PAGE_SIZE = 30;

/** The number of the host that backups are made on, here as a number. */
export const HOST_ID = 5882781;

/** Copies are kept by their retention, all of them: the only policies that there are. */
const ALL_COPIES = '1';
const BY_RETENTION = 1;

/** `Disabled` is what the service says; its documents say `Disable`. */
export function switchText(isOn: boolean): 'Enable' | 'Disabled' {
  return isOn ? 'Enable' : 'Disabled';
}

/** The settings as every operation on them shows them. */
export function describeSettings(settings: CrossRegionSettings | undefined): Readonly<Record<string, unknown>> {
  const common = { CrossBackupType: ALL_COPIES, RetentType: BY_RETENTION };
  if (settings === undefined) return { BackupEnabled: switchText(false), LogBackupEnabled: switchText(false), ...common };
  return {
    BackupEnabled: switchText(settings.isEnabled),
    LogBackupEnabled: switchText(settings.copiesLogs),
    CrossBackupRegion: settings.destination,
    Retention: settings.retentionDays,
    ...common,
  };
}

/** What the operations that read them show besides. */
export function describeTimes(settings: CrossRegionSettings): Readonly<Record<string, unknown>> {
  return {
    BackupEnabledTime: formatInstant(settings.enabledAt),
    LogBackupEnabledTime: settings.logsEnabledAt === null ? '' : formatInstant(settings.logsEnabledAt),
  };
}

export function describeInstance(spec: InstanceSpec): Readonly<Record<string, unknown>> {
  return {
    DBInstanceId: spec.id,
    DBInstanceDescription: spec.description,
    DBInstanceStatus: spec.status,
    EngineVersion: spec.engineVersion,
  };
}

export function pageRules(invalid: (name: string) => RpcError): { readonly PageNumber: ParameterRule; readonly PageSize: ParameterRule } {
  return {
    PageNumber: { type: 'int', min: 1, invalid: () => invalid('PageNumber') },
    PageSize: { type: 'int', min: 30, max: 100, invalid: () => invalid('PageSize') },
  };
}

export interface TimeRefusals {
  readonly start: () => RpcError;
  readonly end: () => RpcError;
  readonly order: () => RpcError;
}

/** StartTime and EndTime in seconds; undefined where neither is given, and a refusal where one is missing. */
export function timesOf(parameters: Parameters, refusals: TimeRefusals & { readonly absent: () => RpcError }): { from: Instant; to: Instant } | undefined {
  const [start, end] = [text(parameters, 'StartTime'), text(parameters, 'EndTime')];
  if (start === undefined && end === undefined) return undefined;
  if (start === undefined || end === undefined) throw refusals.absent();
  const [from, to] = [parseSeconds(start), parseSeconds(end)];
  if (from === undefined) throw refusals.start();
  if (to === undefined) throw refusals.end();
  if (to <= from) throw refusals.order();
  return { from, to };
}
