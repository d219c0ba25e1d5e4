// keeper settings: an instance's own backup settings, shown and changed by hand.
import type { Command } from 'commander';
import { shortHash } from '../../base/hash';
import type { UserSettings } from '../../config/schema-settings';
import type { RunSummary } from '../../domain/run';
import type { SlotVerdict } from '../../domain/verdict';
import type { PlanStep } from '../../run/types';
import { type Cli, configOf, inHouse, type OpenHouse, printerOf } from '../context';
import { EXIT, exitCodeOf } from '../exit-codes';
import { stepsText } from '../printers/inventory-changes';
import { jsonOfSettings, settingsText } from '../printers/inventory-settings';
import { jsonOfVerdict } from '../printers/json';
import { runText } from '../printers/text';
import { NOTHING_DONE, onShards, parseInstanceId } from './inventory';
import { requestOf } from './request';

interface SetOptions {
  readonly yes?: true;
}

export function addSettingsCommand(program: Command, cli: Cli): void {
  const settings = program.command('settings').description("an instance's own backup settings");
  addShow(settings, cli);
  addSet(settings, cli);
}

function addShow(settings: Command, cli: Cli): void {
  settings
    .command('show')
    .description('every setting as the service shows it, by the names of the policy file')
    .argument('<instance>', 'the instance', parseInstanceId)
    .action(async (instanceId: string, _options: unknown, command: Command) => {
      const [{ readInstanceSettings }, { typedName }] = await Promise.all([import('../../run/inventory-instance'), import('./settings-values')]);
      const shown = await onShards(cli, command, (shards) => readInstanceSettings(shards, instanceId));
      printerOf(cli, command).result({ json: () => jsonOfSettings(shown), text: (style) => settingsText(shown, typedName, style) });
    });
}

function addSet(settings: Command, cli: Cli): void {
  settings
    .command('set')
    .description('change settings now, all of them or none; what makes the service drop backups needs --yes')
    .argument('<instance>', 'the instance', parseInstanceId)
    .argument('<name=value...>', "such as dataRetention=14 backupDays=mon,wed,fri; backupWindow is in the policy's time zone")
    .option('--yes', 'also what makes the service drop backups; without it, that is printed, and the exit code is 2')
    .action(async (instanceId: string, pairs: readonly string[], { yes }: SetOptions, command: Command) => {
      const { parseSettings } = await import('./settings-values');
      const change: Change = { instanceId, pairs, user: parseSettings(pairs), isConfirmed: yes === true };
      const outcome = await inHouse(cli, configOf(command), (open) => changeUnlessDestructive(cli, open, change));
      const { summary, verdicts, steps } = outcome;
      printerOf(cli, command).result({
        json: () => ({ summary, verdicts: verdicts.map(jsonOfVerdict), ...(summary.dryRun ? { steps } : {}) }),
        text: (style) => (summary.dryRun ? stepsText(steps, style) : runText(summary, verdicts, style)),
      });
      if (summary.dryRun) cli.io.stderr.write(NOTHING_DONE);
      cli.end(summary.dryRun ? EXIT.usage : exitCodeOf(summary.status));
    });
}

interface Change {
  readonly instanceId: string;
  readonly pairs: readonly string[];
  readonly user: UserSettings;
  readonly isConfirmed: boolean;
}

interface Outcome {
  readonly summary: RunSummary;
  readonly verdicts: readonly SlotVerdict[];
  /** Of a dry run. */
  readonly steps: readonly PlanStep[];
}

/** What nobody has said yes to is looked at first: a dry run that finds something destructive stays the only one. */
async function changeUnlessDestructive(cli: Cli, open: OpenHouse, change: Change): Promise<Outcome> {
  if (!change.isConfirmed) {
    const planned = await setSettings(cli, open, change, true);
    if (planned.steps.some((step) => step.action === 'change-settings' && step.isDestructive)) return planned;
  }
  return setSettings(cli, open, change, false);
}

async function setSettings(cli: Cli, { house, policy }: OpenHouse, change: Change, dryRun: boolean): Promise<Outcome> {
  const [{ runSetSettings }, { toOneOff }] = await Promise.all([import('../../run/inventory-settings'), import('./settings-values')]);
  const { instanceId, pairs, user, isConfirmed } = change;
  const request = requestOf({ instance: [instanceId], dryRun }, policy, cli.io.clock);
  const trigger = { ...request.trigger, id: `keeper-settings-set-${shortHash(`${instanceId} ${pairs.join(' ')}`)}` };
  const verdicts: SlotVerdict[] = [];
  const steps: PlanStep[] = [];
  const settings = toOneOff(user, policy.timezone, isConfirmed || dryRun);
  const summary = await runSetSettings(
    { ...request, trigger },
    house.ports,
    { instanceId, settings },
    {
      onVerdict: (verdict) => verdicts.push(verdict),
      onStep: (step) => steps.push(step),
    },
  );
  return { summary, verdicts, steps };
}
