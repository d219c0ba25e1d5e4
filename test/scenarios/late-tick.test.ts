// A timer's tick that is delivered after a newer one.
import { plusMs } from '../../lib/base/instant';
import { policyWith, startKeeper, type TestKeeper, verdictsOn } from '../support/keeper';

let keeper: TestKeeper;
afterEach(() => keeper.close());

const MYSQL = { id: 'rm-one', engine: 'MySQL' as const };

test('a tick that is delivered after a newer one leaves an older slot alone, and its miss is reported once', async () => {
  keeper = await startKeeper({
    fleet: [{ ...MYSQL, status: 'Restarting' }],
    policy: policyWith('  - { name: hourly, schedule: "0 * * * *" }\n'),
    start: '2026-11-21T01:59:00Z',
  });
  await keeper.tick();
  keeper.goTo('2026-11-21T02:00:00Z');
  await keeper.tick();
  const asOf = plusMs(keeper.clock.now(), 59 * 60_000);
  keeper.goTo('2026-11-21T03:00:00Z');
  const newer = await keeper.tick();
  keeper.goTo('2026-11-21T03:02:00Z');

  const older = await keeper.tick({ asOf });
  keeper.goTo('2026-11-21T03:05:00Z');
  const after = await keeper.tick();

  expect(newer.summary.findings.map(({ rule }) => rule)).toEqual(['missed-slot']);
  expect(verdictsOn(older, 'rm-one')).toEqual(['not-due']);
  expect(after.summary.findings).toEqual([]);
});
