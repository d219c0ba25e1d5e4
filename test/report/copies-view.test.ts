// Rows on the copies in the other region, as status and pages show them.
import { instant } from '../../lib/base/instant';
import type { CopyPosture, InstancePosture } from '../../lib/domain/posture';
import { rowsOfCopies } from '../../lib/report/copies-view';

const COPIES: CopyPosture = {
  copies: 2,
  firstSeen: { '1': instant(5) },
  earlier: {},
  lagP50Ms: 1,
  lagP95Ms: 2,
  lagMaxMs: 3,
  lagHistory: [],
  achievedRpoMs: undefined,
  localWindow: undefined,
  copyWindow: undefined,
  probe: undefined,
};

function posture(instanceId: string, copies: CopyPosture | undefined): InstancePosture {
  return { scope: 'default/cn-hangzhou#verify-cross-region', instanceId, engine: 'mysql', asOf: instant(9), rules: {}, findings: [], openedAt: {}, copies };
}

test('one row for each instance whose copies were measured, by instance, without what only the next run needs', () => {
  const rows = rowsOfCopies([posture('rm-2', COPIES), posture('rm-3', undefined), posture('rm-1', COPIES)]);

  expect(rows.map(({ instanceId }) => instanceId)).toEqual(['rm-1', 'rm-2']);
  expect(rows[0]).toEqual({
    instanceId: 'rm-1',
    asOf: instant(9),
    copies: 2,
    lagP50Ms: 1,
    lagP95Ms: 2,
    lagMaxMs: 3,
    lagHistory: [],
    achievedRpoMs: undefined,
    localWindow: undefined,
    copyWindow: undefined,
    probe: undefined,
  });
});
