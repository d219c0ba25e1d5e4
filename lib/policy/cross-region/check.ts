// Finds what the `crossRegion` of a protection policy asks for and the service cannot do, or `enforce` would not do, before anything runs.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../base/instant';
import type { Engine } from '../../domain/instance';
import type { CompiledPolicy, CrossRegionPolicy, DaysWish } from '../../domain/protection-policy';
import type { PolicyProblem } from '../policy-check';
import { problemsOfVariants, type SectionVariant } from '../section-variants';
import { engineProblems } from './check-engines';
import { COPYING_ENGINES, CROSS_REGION_PLACES, pairRefusal, regionRefusal } from './regions';

const MODIFY = 'RDS API, ModifyInstanceCrossBackupPolicy';
const FEWEST_DAYS = 7;
const MOST_DAYS = 1825;

/** What holds where no layer says otherwise, as the file's defaults have it. */
const UNLESS_TOLD = { mode: 'audit', isRequired: true, maxLagMs: 3 * HOUR_MS, lookBackMs: 7 * DAY_MS, allowCost: false, allowDestructive: false } as const;

/** The section with all layers of a variant in it, and where each member was written last. */
interface Rule {
  /** Of the last layer. */
  readonly path: string;
  readonly wanted: Partial<CrossRegionPolicy> & Pick<CrossRegionPolicy, keyof typeof UNLESS_TOLD>;
  readonly engines: readonly Engine[];
  readonly pathOf: (member: keyof CrossRegionPolicy) => string;
}

/** Where the instances of a policy are, and whether a destination is named anywhere in it. */
interface Surroundings {
  readonly sources: readonly string[];
  readonly namesDestination: boolean;
}

/** Problems of the section and of its patches, in the order in which they are written. */
export function crossRegionProblems(policy: CompiledPolicy): readonly PolicyProblem[] {
  const surroundings = surroundingsOf(policy);
  return problemsOfVariants(policy, 'crossRegion', (variant) => {
    const rule = ruleOf(variant);
    return [
      ...enforceProblems(rule, surroundings),
      ...rangeProblems(rule),
      ...destinationProblems(rule, surroundings),
      ...sourceProblems(rule, surroundings),
      ...engineProblems(rule.wanted, rule.engines, rule.path),
      ...logProblems(rule),
      ...timeProblems(rule),
      ...costProblems(rule),
      ...destructiveProblems(rule),
    ];
  });
}

function ruleOf({ layers, path, engines }: SectionVariant<'crossRegion'>): Rule {
  let wanted: Rule['wanted'] = UNLESS_TOLD;
  for (const { section } of layers) wanted = { ...wanted, ...section };
  const lastOf = (member: keyof CrossRegionPolicy): string => layers.reduce((last, layer) => (layer.section[member] === undefined ? last : layer.path), path);
  return { path, wanted, engines, pathOf: (member) => `${lastOf(member)}.${member}` };
}

function surroundingsOf(policy: CompiledPolicy): Surroundings {
  const patches = [...policy.rules.map(({ patch }) => patch), ...Object.values(policy.overrides)];
  return {
    sources: [...new Set(policy.accounts.flatMap(({ regions }) => regions ?? policy.regions))],
    namesDestination: [policy, ...patches].some(({ crossRegion }) => crossRegion?.destination !== undefined),
  };
}

function enforceProblems({ wanted, pathOf }: Rule, { namesDestination }: Surroundings): readonly PolicyProblem[] {
  if (wanted.mode !== 'enforce' || wanted.destination !== undefined) return [];
  const source = `${MODIFY}: CrossBackupRegion is required where BackupEnabled is 1`;
  if (!namesDestination) return [{ severity: 'error', path: pathOf('mode'), message: 'enforce has nothing to set without a destination; name one', source }];
  const message = 'enforce sets nothing on instances that no rule or override gives a destination';
  return [{ severity: 'warning', path: pathOf('mode'), message, source }];
}

/** The schema refuses such numbers, too; a policy need not have come through it. */
function rangeProblems({ wanted: { retentionDays }, pathOf }: Rule): readonly PolicyProblem[] {
  const days = boundsOf(retentionDays);
  if (days.every((value) => value >= FEWEST_DAYS && value <= MOST_DAYS)) return [];
  const message = `${days.join(' to ')} days are outside what the service keeps copies: ${FEWEST_DAYS} to ${MOST_DAYS}`;
  return [{ severity: 'error', path: pathOf('retentionDays'), message, source: `${MODIFY}: Retention is 7 to 1825 days` }];
}

function destinationProblems({ wanted: { destination }, engines, pathOf }: Rule, { sources }: Surroundings): readonly PolicyProblem[] {
  if (destination === undefined) return [];
  const path = pathOf('destination');
  const problems: PolicyProblem[] = [];
  const refusals = copying(engines).map((engine) => regionRefusal(engine, destination));
  const refused = refusals.find((refusal) => refusal !== undefined);
  if (refused !== undefined) {
    const known = CROSS_REGION_PLACES.filter((place) => copying(engines).some((engine) => place.engines.includes(engine))).map(({ id }) => id);
    const severity = refusals.includes(undefined) ? 'warning' : 'error';
    problems.push({ severity, path, message: `${refused.reason}; they name ${known.join(', ')}`, source: refused.source });
  }
  if (sources.includes(destination)) problems.push(sameRegion(destination, path, sources.length === 1));
  return problems;
}

function sameRegion(destination: string, path: string, isOnlySource: boolean): PolicyProblem {
  const source = `${MODIFY}: the destination must be another region than the instance's`;
  if (isOnlySource) {
    return {
      severity: 'error',
      path,
      message: `copies must be in another region than the instances, and ${destination} is the only one that is looked after`,
      source,
    };
  }
  const message = `instances in ${destination} cannot have their copies there; give them another destination in rules or overrides`;
  return { severity: 'warning', path, message, source };
}

/** What the regions of the instances rule out where copies are required; told per region. */
function sourceProblems({ wanted: { isRequired, destination }, engines, path }: Rule, { sources }: Surroundings): readonly PolicyProblem[] {
  if (!isRequired) return [];
  const others = sources.filter((region) => region !== destination);
  const found = others.map((region) => copying(engines).map((engine) => sourceRefusal(engine, region, destination)));
  const isEverywhere = found.flat().every((refusal) => refusal?.isCertain === true);
  return found.flatMap((refusals) => {
    const refused = refusals.find((refusal) => refusal !== undefined);
    if (refused === undefined) return [];
    return [{ severity: isEverywhere ? 'error' : 'warning', path, message: refused.reason, source: refused.source } as const];
  });
}

/** A destination that is wrong by itself is told once, not with each source. */
function sourceRefusal(engine: Engine, source: string, destination: string | undefined): ReturnType<typeof pairRefusal> {
  if (destination === undefined || regionRefusal(engine, destination) !== undefined) return regionRefusal(engine, source);
  return pairRefusal(engine, source, destination);
}

function logProblems({ wanted: { copiesLogs, isRequired, rpoMs }, engines, pathOf }: Rule): readonly PolicyProblem[] {
  if (copying(engines).length === 0) return [];
  const problems: PolicyProblem[] = [];
  if (copiesLogs === true && !isRequired) {
    const message = 'logs are copied only where backups are: an instance without copies, which is allowed here, has no copied logs either';
    problems.push({ severity: 'warning', path: pathOf('copiesLogs'), message, source: `${MODIFY}: LogBackupEnabled is 1 only where BackupEnabled is 1` });
  }
  if (rpoMs !== undefined && copiesLogs !== true) {
    const message = `without copied logs (logs: true) the newest restorable moment is that of the newest copy, so ${rpoMs / MINUTE_MS} minutes hold only if backups are made more often`;
    problems.push({ severity: 'warning', path: pathOf('rpoMs'), message, source: 'this policy: crossRegion.rpoMinutes, crossRegion.logs' });
  }
  return problems;
}

/** A set must still be looked at when its copy becomes late. */
function timeProblems({ wanted: { maxLagMs, lookBackMs }, pathOf }: Rule): readonly PolicyProblem[] {
  if (maxLagMs < lookBackMs) return [];
  const message = `no copy would ever be late: sets are looked at for ${lookBackMs / HOUR_MS} hours, and maxLagMinutes allows ${maxLagMs / MINUTE_MS} minutes; lower it or raise lookBack`;
  return [{ severity: 'error', path: pathOf('maxLagMs'), message, source: 'this policy: crossRegion.maxLagMinutes, crossRegion.lookBack' }];
}

/** What `enforce` will never do by itself should be no surprise. */
function costProblems({ wanted, pathOf }: Rule): readonly PolicyProblem[] {
  if (wanted.mode !== 'enforce' || wanted.allowCost || wanted.destination === undefined) return [];
  const costly = [
    ...(wanted.isRequired ? ['copies that are off'] : []),
    'copies in another region',
    ...(wanted.copiesLogs === true ? ['log copies that are off'] : []),
  ];
  const message = `reported only, not corrected: ${costly.join(', ')}; that costs storage and traffic and needs allowCost: true`;
  return [{ severity: 'warning', path: pathOf('mode'), message, source: 'this policy: crossRegion.allowCost' }];
}

function destructiveProblems({ wanted, pathOf }: Rule): readonly PolicyProblem[] {
  const { mode, allowDestructive, retentionDays } = wanted;
  if (mode !== 'enforce' || allowDestructive || mostOf(retentionDays) === undefined) return [];
  const message =
    'copies that are kept longer than retention are reported only, not corrected: a shorter retention drops copies and needs allowDestructive: true';
  return [{ severity: 'warning', path: pathOf('retentionDays'), message, source: 'this policy: crossRegion.allowDestructive' }];
}

function copying(engines: readonly Engine[]): readonly Engine[] {
  return engines.filter((engine) => COPYING_ENGINES.includes(engine));
}

function boundsOf(wish: DaysWish | undefined): readonly number[] {
  if (wish === undefined) return [];
  return 'exactly' in wish ? [wish.exactly] : [wish.atLeast, wish.atMost].filter((value) => value !== undefined);
}

function mostOf(wish: DaysWish | undefined): number | undefined {
  return wish !== undefined && 'exactly' in wish ? wish.exactly : wish?.atMost;
}
