// A change of cross-region settings by hand: what the service shows afterwards is the truth, whatever it has answered.
import { makeDeadline } from '../../lib/base/deadline';
import { HOUR_MS } from '../../lib/base/instant';
import type { CrossRegionSettings } from '../../lib/domain/cross-region';
import type { RdsGateway } from '../../lib/domain/ports';
import type { SlotVerdict } from '../../lib/domain/verdict';
import { type CopiesByHand, runSetCopies } from '../../lib/run/inventory-copies-set';
import type { RunPorts } from '../../lib/run/types';
import { startKeeper, type TestKeeper } from '../support/keeper';

const POLICY = 'timezone: UTC\nregions: [cn-hangzhou]\nretention: { keep: { last: 1 } }\n';
const FLEET = [{ id: 'rm-my', engine: 'MySQL', usedGb: 1, crossRegion: { destination: 'cn-shanghai' } } as const];

let keeper: TestKeeper;
beforeEach(async () => {
  keeper = await startKeeper({ fleet: FLEET, policy: POLICY });
});
afterEach(() => keeper.close());

async function setCopies(wish: CopiesByHand['wish'], overlay: (gateway: RdsGateway) => Partial<RdsGateway>): Promise<readonly SlotVerdict[]> {
  const { clock, policy, house } = keeper;
  const ports: RunPorts = {
    ...house.ports,
    gatewayOf: (target) => {
      const gateway = house.ports.gatewayOf(target);
      return { ...gateway, ...overlay(gateway) };
    },
  };
  const asOf = clock.now();
  const request = { trigger: { type: 'cli', id: 'by-hand', time: asOf }, asOf, dryRun: false, policy, deadline: makeDeadline(clock, HOUR_MS, 1_000) } as const;
  const verdicts: SlotVerdict[] = [];
  await runSetCopies(request, ports, { instanceId: 'rm-my', wish }, { onVerdict: (verdict) => verdicts.push(verdict) });
  return verdicts;
}

test('a write that the service takes and does not keep has failed', async () => {
  const ignored = (): Partial<RdsGateway> => ({ writeCrossRegionSettings: () => Promise.resolve() });

  const verdicts = await setCopies({ kind: 'on', destination: undefined, retentionDays: 90, copiesLogs: undefined }, ignored);

  expect(verdicts).toMatchObject([{ verdict: 'failed', reason: expect.stringContaining('the service shows 30 days') }]);
});

test('copies of which the service does not say where they lie cannot be switched off here', async () => {
  const settings: CrossRegionSettings = {
    isEnabled: true,
    destination: undefined,
    retentionDays: undefined,
    copiesLogs: false,
    enabledAt: undefined,
    logsEnabledAt: undefined,
  };
  const silent = (): Partial<RdsGateway> => ({ readCrossRegionSettings: () => Promise.resolve(settings) });

  const run = setCopies({ kind: 'off' }, silent);

  await expect(run).rejects.toMatchObject({ code: 'settings-refused', hint: 'switch copies off in the console' });
});
