// What a run has to say of one instance: counted at once, and kept for its posture.
import type { Instance } from '../domain/instance';
import type { Finding, SlotVerdict } from '../domain/verdict';
import type { Run } from './envelope';

export interface Notes {
  readonly instance: Instance;
  readonly verdicts: readonly SlotVerdict[];
  readonly findings: readonly Finding[];
  verdict(verdict: SlotVerdict): void;
  finding(finding: Finding): void;
}

export function makeNotes(run: Run, instance: Instance): Notes {
  const verdicts: SlotVerdict[] = [];
  const findings: Finding[] = [];
  return {
    instance,
    verdicts,
    findings,
    verdict: (verdict) => {
      run.tally.verdict(verdict);
      verdicts.push(verdict);
    },
    finding: (finding) => {
      run.tally.finding(finding);
      findings.push(finding);
    },
  };
}
