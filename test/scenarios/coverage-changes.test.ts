// What a rule covers changes and changes back: nothing from the time in between is a miss, and no old slot is acted on.
import { loadPolicyText } from '../../lib/config/load';
import { policyWith, startKeeper, type TestKeeper, verdictsOn } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const MYSQL = { id: 'rm-one', engine: 'MySQL' as const };
const RULE = '  - { name: daily, schedule: "0 2 * * *" }\n';

const ABSENCES: { name: string; meanwhile: string }[] = [
  { name: 'the instance was out of the scope', meanwhile: policyWith(RULE, 'select: { exclude: [{ ids: [rm-one] }] }') },
  { name: 'the rule was disabled', meanwhile: policyWith('  - { name: daily, schedule: "0 2 * * *", enabled: false }\n') },
  { name: 'the rule had another time zone', meanwhile: policyWith('  - { name: daily, schedule: "0 2 * * *", timezone: Asia/Tokyo }\n') },
  { name: 'the rule did not select it', meanwhile: policyWith('  - { name: daily, schedule: "0 2 * * *", select: { exclude: [{ ids: [rm-one] }] } }\n') },
];

test.each(ABSENCES)("a week in which $name is nobody's miss", async ({ meanwhile }) => {
  keeper = await startKeeper({ fleet: [MYSQL], policy: policyWith(RULE), start: '2026-11-21T01:00:00Z' });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  await keeper.tick();
  keeper.goTo('2026-11-21T12:00:00Z');
  await keeper.reconcile();
  const { policy } = loadPolicyText(meanwhile, 'keeper.yaml');
  for (const day of ['22', '25', '28']) {
    keeper.goTo(`2026-11-${day}T01:30:00Z`);
    await keeper.tick({ policy });
  }
  keeper.goTo('2026-11-28T12:00:00Z');
  const before = keeper.manualStarts('rm-one').length;

  const back = await keeper.tick();

  expect(back.summary.findings.filter(({ rule, evidence }) => rule.startsWith('missed') && evidence['rule'] === 'daily')).toEqual([]);
  expect(verdictsOn(back, 'rm-one')).toEqual(['not-due']);
  expect(keeper.manualStarts('rm-one')).toHaveLength(before);
});
