// Words the findings on the sets and copies of one instance, and on whether a copy can be restored. A finding's id is stable, so that it opens once.
import { formatInstant } from '../../base/instant';
import type { BackupSet } from '../../domain/backup';
import type { Finding } from '../../domain/verdict';
import { expiryText } from '../expiry';
import { isGood } from '../freshness';
import { nearestDays } from '../settings/wishes';
import { copyExpiryOf, expectationOf, RETENTION_TOLERANCE_MS } from './copyable';
import { type FindingParts, onInstance, shortened } from './finding-parts';
import { FAULTS, type Fault, type JudgedPair } from './judge';
import type { CopiesInput } from './types';
import { minutesOf } from './words';

const WORDS: Readonly<Record<Fault, Pick<FindingParts, 'rule' | 'severity' | 'remedy'>>> = {
  missing: {
    rule: 'copy-missing',
    severity: 'error',
    remedy:
      'take a backup now, so that a newer copy is made; look at the cross-region backups of the instance in the console, and open a ticket if no copy comes',
  },
  failed: { rule: 'copy-failed', severity: 'error', remedy: 'take a backup now, so that a newer copy is made; open a ticket if that one fails too' },
  'wrong-region': {
    rule: 'copy-wrong-region',
    severity: 'error',
    remedy: 'find out whether the destination was changed: copies that were made before stay where they are until their retention ends',
  },
  late: {
    rule: 'copy-late',
    severity: 'warning',
    remedy: 'nothing to do for this one, as it is there; raise crossRegion.maxLagMinutes if copies of this size take that long',
  },
  'expiring-early': {
    rule: 'copy-expires-early',
    severity: 'warning',
    remedy: 'lengthen the retention of the copies (crossRegion.retention), or keep the local sets no longer than that',
  },
  orphan: {
    rule: 'copy-orphaned',
    severity: 'info',
    remedy: 'nothing to do if the local set was deleted on purpose; else find out who deleted it: this copy is the only one left',
  },
};

/**
 * One per fault of each set or copy, the newest first. What only comes of a retention that is not as agreed is not said again: that has its own finding.
 */
export function pairFindings(pairs: readonly JudgedPair[], input: CopiesInput): readonly Finding[] {
  const newestFirst = [...pairs].reverse();
  return FAULTS.flatMap((fault) => {
    const found = newestFirst.filter((pair) => pair.faults.includes(fault) && !(fault === 'expiring-early' && comesOfDrift(pair, input)));
    if (fault === 'wrong-region') return wrongRegionFinding(found, pairs, input);
    return shortened(
      input.instance.id,
      found.map((pair) => pairFinding(fault, pair, input)),
    );
  });
}

/**
 * One for all copies that are elsewhere: after a change of the destination the older ones stay where they are. Once a newer copy is where it should be, that is worth
 * knowing and no failure.
 */
function wrongRegionFinding(found: readonly JudgedPair[], pairs: readonly JudgedPair[], input: CopiesInput): readonly Finding[] {
  const [newest] = found;
  if (newest === undefined) return [];
  const { destination } = input.settings;
  const isFormer = pairs.some(({ of, copy }) => copy?.status === 'success' && copy.region === destination && of.startedAt > newest.of.startedAt);
  const { message, evidence, ...rest } = pairFinding('wrong-region', newest, input);
  const others = found.length === 1 ? '' : `; so are ${found.length - 1} older ones`;
  return [
    {
      ...rest,
      id: `copy-wrong-region:${input.instance.id}`,
      severity: isFormer ? 'warning' : 'error',
      message: `${message}${others}`,
      evidence: { ...evidence, count: found.length },
    },
  ];
}

/** Copies and sets that cannot be told apart: nothing is claimed of them, but nobody should wonder. */
export function ambiguousFindings(pairs: readonly JudgedPair[], { instance, copies }: CopiesInput): readonly Finding[] {
  if (copies === undefined) return [];
  const unclear = pairs.filter(({ copy, state }) => copy !== undefined && state === 'unknown');
  if (unclear.length === 0) return [];
  const ids = unclear.map(({ copy }) => copy?.id).join(', ');
  return [
    onInstance(instance.id, {
      severity: 'info',
      rule: 'copy-ambiguous',
      message: `${unclear.length === 1 ? 'a copy fits' : `${unclear.length} copies fit`} more than one local set, or more than one copy fits a set (${ids}), and nothing tells them apart`,
      evidence: { copies: ids, count: unclear.length },
      remedy: 'compare them with the local sets in the console; it passes when they are older than crossRegion.lookBack',
    }),
  ];
}

/** Whole good sets of a kind that is never copied, where copies are required: a warning where there is nothing else. */
export function notCopyableFindings(input: CopiesInput): readonly Finding[] {
  const { instance, policy, settings, sets } = input;
  if (!policy.isRequired || !settings.isEnabled) return [];
  const wholes = sets.filter((set) => isGood(set) && set.scope.kind === 'instance' && set.method !== 'logical');
  const never = wholes.filter((set) => isNeverCopied(set, input)).sort((a, b) => b.startedAt - a.startedAt);
  const [newest] = never;
  if (newest === undefined) return [];
  return [
    onInstance(instance.id, {
      severity: never.length === wholes.length ? 'warning' : 'info',
      rule: 'sets-not-copyable',
      message: `${never.length} of ${wholes.length} backup sets of the whole instance cannot be copied, the newest (${newest.id}) of ${formatInstant(newest.startedAt)}: snapshots of SQL Server are copied in Cluster Edition only`,
      evidence: { count: never.length, of: wholes.length, newest: newest.id },
      remedy: 'back the instance up physically (settings.method, or the method of the rule), or use Cluster Edition',
    }),
  ];
}

/** The newest copy was asked for, and cannot be restored. One finding per instance, whichever copy it is: a cause that lasts is not new with every copy. */
export function probeFindings({ instance, probe }: CopiesInput): readonly Finding[] {
  if (probe === undefined || probe.answer.isRestorable) return [];
  const { code, reason } = probe.answer;
  return [
    onInstance(instance.id, {
      severity: 'error',
      rule: 'copy-not-restorable',
      message: `the newest copy cannot be restored, the service says: ${reason}`,
      // An answer of an earlier run has no code any more.
      evidence: { copyId: probe.copyId, askedAt: formatInstant(probe.at), code: code || undefined },
      remedy:
        'keep the local sets until a copy can be restored; ask for another copy or another target with keeper restore plan, and open a ticket if none works',
    }),
  ];
}

function pairFinding(fault: Fault, { of, set, copy, lag, reason }: JudgedPair, { instance, settings, policy }: CopiesInput): Finding {
  const facts: Partial<Readonly<Record<Fault, FindingParts['evidence']>>> = {
    missing: { maxLagMinutes: minutesOf(policy.maxLagMs) },
    'wrong-region': { region: copy?.region, wanted: settings.destination },
    late: { maxLagMinutes: minutesOf(policy.maxLagMs) },
    'expiring-early': { copyRetentionDays: settings.retentionDays, setExpiresAt: expiryText(set?.expiresAt) },
  };
  return onInstance(instance.id, {
    ...WORDS[fault],
    subject: of.id,
    message: `${set === undefined ? 'copy' : 'backup set'} ${of.id} of ${formatInstant(of.startedAt)}: ${reason}`,
    evidence: {
      backupId: set?.id,
      copyId: copy?.id,
      startedAt: formatInstant(of.startedAt),
      endedAt: formatInstant(of.endedAt),
      ...(lag === undefined ? {} : { lagAtLeastMinutes: minutesOf(lag.atLeastMs), lagAtMostMinutes: minutesOf(lag.atMostMs) }),
      ...facts[fault],
    },
  });
}

/** With the retention that the policy wants, the copy would stay as long as its set. */
function comesOfDrift({ set, copy }: JudgedPair, { policy, settings }: CopiesInput): boolean {
  const wanted = nearestDays(policy.retentionDays, settings.retentionDays);
  if (copy === undefined || wanted === settings.retentionDays) return false;
  const wantedEnd = copyExpiryOf(copy.endedAt, { retentionDays: wanted });
  return typeof set?.expiresAt === 'number' && wantedEnd !== undefined && set.expiresAt <= wantedEnd + RETENTION_TOLERANCE_MS;
}

function isNeverCopied(set: BackupSet, input: CopiesInput): boolean {
  const expectation = expectationOf(set, input);
  return !expectation.expected && expectation.why === 'kind';
}
