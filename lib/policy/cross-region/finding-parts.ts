// Puts findings on an instance together: stable ids, evidence without blanks, and no more of one rule than anybody reads.
import type { Finding, Severity } from '../../domain/verdict';

export interface FindingParts {
  readonly severity: Severity;
  readonly rule: string;
  /** What of the instance it is about; undefined: the instance. */
  readonly subject?: string | undefined;
  readonly message: string;
  readonly evidence: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly remedy: string;
}

/** So many findings of one rule are given one by one. */
const LISTED = 10;

export function onInstance(instanceId: string, { severity, rule, subject, message, evidence, remedy }: FindingParts): Finding {
  const known = Object.entries(evidence).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const id = [rule, instanceId, ...(subject === undefined ? [] : [subject])].join(':');
  return { id, severity, rule, instanceId, message, evidence: Object.fromEntries(known), remedy };
}

/** The first of these findings of one rule, and one more that counts the rest. */
export function shortened(instanceId: string, findings: readonly Finding[]): readonly Finding[] {
  const [first] = findings;
  if (first === undefined || findings.length <= LISTED) return findings;
  const backlog = onInstance(instanceId, {
    severity: first.severity,
    rule: `${first.rule}-backlog`,
    message: `there are ${findings.length} findings ${first.rule}; the newest ${LISTED} are reported one by one`,
    evidence: { total: findings.length, listed: LISTED },
    remedy: first.remedy,
  });
  return [...findings.slice(0, LISTED), backlog];
}
