// The words of findings on settings, leftovers and what could not be read.
import { crossRegionDrifted, crossRegionNotCorrectable, crossRegionNotWritten, leftoverCopies, notFullyRead } from '../../../lib/policy/cross-region/findings';
import type { CrossRegionAspect, CrossRegionPart } from '../../../lib/policy/cross-region/types';
import { at, makeCopy, makeCrossRegionInstance } from '../fixtures';

function drift<Action extends 'report' | 'not-correctable'>(action: Action, ...aspects: [CrossRegionAspect, ...CrossRegionAspect[]]) {
  const part = (aspect: CrossRegionAspect): CrossRegionPart => ({ aspect, action, before: 'off', after: 'on', reason: 'audit mode' });
  const [first, ...more] = aspects;
  return { action, before: 'off', after: 'on', reason: 'audit mode', parts: [part(first), ...more.map(part)] as const };
}

test.each<{ aspects: [CrossRegionAspect, ...CrossRegionAspect[]]; rule: string; severity: string }>([
  { aspects: ['copies'], rule: 'copies-off', severity: 'error' },
  { aspects: ['destination', 'logs'], rule: 'copies-destination-drifted', severity: 'warning' },
  { aspects: ['retention'], rule: 'copies-retention-drifted', severity: 'warning' },
  { aspects: ['logs'], rule: 'log-copies-drifted', severity: 'warning' },
])('drift of $aspects is $rule', ({ aspects, rule, severity }) => {
  expect(crossRegionDrifted('rm-1', drift('report', ...aspects))).toMatchObject({
    id: `${rule}:rm-1`,
    rule,
    severity,
    instanceId: 'rm-1',
    evidence: { aspects: aspects.join(', '), shown: 'off', wanted: 'on' },
  });
});

test('what cannot be corrected, written or read says why', () => {
  expect(crossRegionNotCorrectable('rm-1', drift('not-correctable', 'copies'))).toMatchObject({
    id: 'cross-region-not-correctable:rm-1',
    message: 'the cross-region settings cannot be as agreed (off → on): audit mode',
  });
  expect(crossRegionNotWritten('rm-1', 'no room')).toMatchObject({
    id: 'cross-region-not-written:rm-1',
    severity: 'error',
    message: expect.stringContaining('no room'),
  });
  expect(notFullyRead('rm-1', 'copied logs', 'no answer')).toMatchObject({
    id: 'copies-not-fully-read:rm-1:copied-logs',
    severity: 'warning',
    message: 'copied logs could not be read, so that nothing is known of it: no answer',
  });
});

describe('copies that nobody looks after', () => {
  const copies = [makeCopy({ sizeBytes: 3 * 1024 ** 3 }), makeCopy({ id: '2', endedAt: at('2026-11-19T18:30:00Z'), sizeBytes: 1024 ** 3 / 2 })];

  test('of a released instance stay to their retention', () => {
    expect(leftoverCopies(makeCrossRegionInstance({ status: 'Released' }), copies, true)).toMatchObject({
      id: 'copies-of-released:rm-1',
      severity: 'info',
      message: 'the instance was released, and 2 copies (3.5 GB) of it stay in cn-shanghai until 2026-12-20T18:30:00Z',
      evidence: { copies: 2, sizeGb: 3.5, destination: 'cn-shanghai', retentionDays: 30, newest: '2026-11-20T18:30:00Z', until: '2026-12-20T18:30:00Z' },
    });
  });

  test('after the feature was switched off are paid for', () => {
    expect(leftoverCopies(makeCrossRegionInstance({ isEnabled: false }), copies, false)).toMatchObject({
      id: 'copies-paid-after-off:rm-1',
      severity: 'info',
      remedy: expect.stringContaining('set the retention of the copies to 7 days'),
    });
    expect(leftoverCopies(makeCrossRegionInstance({ isEnabled: false, retentionDays: 7 }), copies, false).remedy).toContain('nothing to do');
  });

  test('are told without what is not known', () => {
    const instance = makeCrossRegionInstance({ isEnabled: false, destination: undefined, retentionDays: undefined });

    const { message, evidence } = leftoverCopies(instance, copies.slice(0, 1), false);

    expect(message).toBe('cross-region backup is off, and 1 copy (3 GB) are still kept and paid for in another region');
    expect(Object.keys(evidence)).toEqual(['copies', 'sizeGb', 'newest']);
  });
});
