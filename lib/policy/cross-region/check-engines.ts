// Says on which engines copies that a protection policy requires cannot be had, by the same prerequisites that decide instances: before any instance is known.
import type { Engine } from '../../domain/instance';
import type { CrossRegionPolicy } from '../../domain/protection-policy';
import { type EngineKind, kindsOf } from '../engine-kinds';
import type { PolicyProblem } from '../policy-check';
import { prerequisiteOf } from './prerequisites';

/** The versions that the prerequisites tell apart, where the kinds of an engine come without. */
const VERSIONS: Partial<Readonly<Record<Engine, readonly string[]>>> = { postgresql: ['9.4', '10', '16'] };

const SNAPSHOTS = 'RDS API, ModifyInstanceCrossBackupPolicy: OperationDenied.SwitchToCrossRegionBackup, UnsupportEncryptedSnapshot, DstRegionNoUser';

interface Refused {
  readonly kind: EngineKind;
  readonly reason: string;
  readonly source: string;
}

/** A problem per reason where copies are required; an error where no kind of the engines can have them, a warning where some cannot, or not always. */
export function engineProblems({ isRequired }: Pick<CrossRegionPolicy, 'isRequired'>, engines: readonly Engine[], path: string): readonly PolicyProblem[] {
  if (!isRequired) return [];
  const kinds = engines.flatMap(copyKindsOf);
  const refused = kinds.flatMap(refusedOn);
  const severity = refused.length === kinds.length ? 'error' : 'warning';
  const reasons = [...new Map(refused.map(({ reason, source }) => [reason, source]))];
  const impossible = reasons.map(([reason, source]) => {
    const message = `no copies on ${kindWords(refused.filter((each) => each.reason === reason))}: ${reason}`;
    return { severity, path, message, source } as const;
  });
  return [...impossible, ...snapshotProblems(engines, path)];
}

function copyKindsOf(engine: Engine): readonly EngineKind[] {
  const versions = VERSIONS[engine];
  return kindsOf(engine).flatMap((kind) => versions?.map((engineVersion) => ({ ...kind, engineVersion })) ?? [kind]);
}

function refusedOn(kind: EngineKind): readonly Refused[] {
  const answer = prerequisiteOf(kind);
  return answer.supported ? [] : [{ kind, reason: answer.reason, source: answer.source }];
}

/** Sets that are snapshots: the pages and the API contradict each other, so only the service can tell. */
function snapshotProblems(engines: readonly Engine[], path: string): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const warn = (message: string): void => {
    problems.push({ severity: 'warning', path, message, source: SNAPSHOTS });
  };
  if (engines.includes('sqlserver')) warn('sqlserver instances that are backed up by snapshots may be refused copies unless they are of Cluster Edition');
  const onDisks = engines.filter((engine) => engine === 'mysql' || engine === 'postgresql');
  if (onDisks.length > 0) {
    warn(`${onDisks.join(' and ')} instances on encrypted cloud disks may be refused copies; the account must be active in the destination region`);
  }
  return problems;
}

/** `mariadb, some mysql instances`: an engine stands for itself when all of its kinds are refused for the reason. */
function kindWords(refused: readonly Refused[]): string {
  const engines = [...new Set(refused.map(({ kind }) => kind.engine))];
  const isWhole = (engine: Engine): boolean => refused.filter(({ kind }) => kind.engine === engine).length === copyKindsOf(engine).length;
  return engines.map((engine) => (isWhole(engine) ? engine : `some ${engine} instances`)).join(', ');
}
