// From a fleet's posture to what the report shows: every instance with its rules, findings and copies, the worst first. Pure: times stay times.
import type { CopyPosture } from '../domain/posture';
import type { RunRecord } from '../domain/run';
import type { Severity } from '../domain/verdict';
import { type FleetPosture, type JudgedInstance, POSTURES, type Posture } from '../policy/posture';
import type { PointInTime } from './times';
import { findingsOf, type OpenFinding, rowsOfPostures, type VerdictRow } from './verdict-view';

/** What a page, or a document, holds of each instance; how many there are is told. */
export const MOST_RULES = 20;
export const MOST_FINDINGS = 10;
/** Leftover findings and runs. */
export const MOST_OTHERS = 100;

export interface InstanceView {
  readonly account: string;
  readonly region: string;
  readonly instanceId: string;
  readonly engine: string;
  readonly posture: Posture;
  readonly reason: string;
  /** When the newest word on it was written: what does not change is not written again. Undefined: there is none. */
  readonly saidAt: PointInTime | undefined;
  readonly rules: readonly VerdictRow[];
  readonly rulesTotal: number;
  /** The gravest first. */
  readonly findings: readonly OpenFinding[];
  readonly findingsTotal: number;
  /** What was last measured of its copies, and when. */
  readonly copies: CopiesView | undefined;
}

export interface CopiesView extends Pick<CopyPosture, 'copies' | 'lagP50Ms' | 'lagMaxMs' | 'achievedRpoMs' | 'localWindow' | 'copyWindow' | 'probe'> {
  readonly measuredAt: PointInTime;
}

export interface ReportView {
  readonly asOf: PointInTime;
  /** The protection policy's: IANA name. */
  readonly timezone: string;
  readonly policyName: string;
  readonly installationId: string;
  /** Over the whole fleet, however many of its instances are shown. */
  readonly totals: Readonly<Record<Posture, number>>;
  readonly findingTotals: Readonly<Record<Severity, number>>;
  readonly instances: readonly InstanceView[];
  readonly leftovers: readonly OpenFinding[];
  readonly leftoversTotal: number;
  readonly runs: readonly RunRecord[];
}

/** The worst posture first, then by account, region and id. */
export function viewOfReport(fleet: FleetPosture): ReportView {
  const instances = fleet.instances.map(viewOf).sort(compareViews);
  const totals = { protected: 0, 'at-risk': 0, unprotected: 0, unknown: 0 };
  for (const { posture } of instances) totals[posture] += 1;
  const findingTotals = { error: 0, warning: 0, info: 0 };
  for (const { backups, others } of fleet.instances) {
    for (const { findings } of backups === undefined ? others : [backups, ...others]) for (const { severity } of findings) findingTotals[severity] += 1;
  }
  const { asOf, timezone, policyName, installationId } = fleet;
  const leftovers = findingsOf(fleet.leftovers);
  for (const { severity } of leftovers) findingTotals[severity] += 1;
  return {
    asOf,
    timezone,
    policyName,
    installationId,
    totals,
    findingTotals,
    instances,
    leftovers: leftovers.slice(0, MOST_OTHERS),
    leftoversTotal: leftovers.length,
    runs: fleet.runs.slice(0, MOST_OTHERS),
  };
}

function viewOf(judged: JudgedInstance): InstanceView {
  const { account, region, instanceId, posture, reason, backups, others } = judged;
  const postures = backups === undefined ? others : [backups, ...others];
  // Only of the backups is it a word that no rule covers the instance.
  const rules = rowsOfPostures(postures.filter((each) => each === backups || Object.keys(each.rules).length > 0));
  const findings = findingsOf(postures);
  return {
    account,
    region,
    instanceId,
    engine: postures[0]?.engine ?? 'other',
    posture,
    reason,
    saidAt: postures.reduce<PointInTime | undefined>((newest, { asOf }) => (newest === undefined || asOf > newest ? asOf : newest), undefined),
    rules: rules.slice(0, MOST_RULES),
    rulesTotal: rules.length,
    findings: findings.slice(0, MOST_FINDINGS),
    findingsTotal: findings.length,
    copies: copiesOf(judged),
  };
}

function copiesOf({ others }: JudgedInstance): CopiesView | undefined {
  for (const { asOf, copies: measured } of others) {
    if (measured === undefined) continue;
    const { copies, lagP50Ms, lagMaxMs, achievedRpoMs, localWindow, copyWindow, probe } = measured;
    return { measuredAt: asOf, copies, lagP50Ms, lagMaxMs, achievedRpoMs, localWindow, copyWindow, probe };
  }
  return undefined;
}

function compareViews(a: InstanceView, b: InstanceView): number {
  return (
    POSTURES.indexOf(a.posture) - POSTURES.indexOf(b.posture) ||
    compareText(a.account, b.account) ||
    compareText(a.region, b.region) ||
    compareText(a.instanceId, b.instanceId)
  );
}

/** By code unit, so that the order does not depend on where it runs. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
