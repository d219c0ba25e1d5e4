// The rehearsal for people: a line per step while it goes on, then the verdicts, then what to try.
import { formatInstant } from '../../base/instant';
import type { Rehearsal, RehearsalStep } from '../rehearsal/rehearse';
import { sanitise } from '../sanitise';
import { paint, type Style } from './style';
import { counted, countsLine, findingLines, lines, verdictTable } from './text';

export function stepLine(step: RehearsalStep, { colors, width }: Style): string {
  switch (step.kind) {
    case 'world': {
      const age = step.isNew ? 'a new world' : 'the world of the last rehearsal';
      return lines(
        `${colors.bold('local cloud')}  ${sanitise(step.dataFolder)}: ${age} with ${step.instances} instances; it is ${formatInstant(step.now)} there`,
      );
    }
    case 'policy':
      return lines(`${colors.bold('policy')}       ${sanitise(step.file)}: ${counted(step.rules, 'rule')}, ${step.digest.slice(0, 19)}`, '');
    case 'invocation': {
      const { function: name, triggerTime, summary, backupsStarted, isRepeated } = step.invocation;
      const status = paint(colors, summary.status === 'partial' ? 'waiting' : 'good', summary.status.padEnd(9));
      const what = isRepeated ? 'the same event again: the run is known, nothing is done twice' : mostFrequent(summary.counts, width - COUNTS_AT);
      return lines(`${formatInstant(triggerTime)}  ${name.padEnd(NAME_WIDTH)}  ${status}  ${String(backupsStarted).padStart(2)} started  ${colors.dim(what)}`);
    }
  }
}

/** The longest name of a function that a rehearsal invokes: retention-hygiene. */
const NAME_WIDTH = 17;

/** Where the counts begin in the line of an invocation. */
const COUNTS_AT = 47 + NAME_WIDTH;

/** What hygiene says of what is as it should be: counted, and not told row by row. */
const QUIET: ReadonlySet<string> = new Set(['in-line', 'kept']);

/** As many of the counts as fit, the greatest first. */
function mostFrequent(counts: Readonly<Record<string, number>>, width: number): string {
  if (Object.keys(counts).length === 0) return 'nothing to look at';
  const parts = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([verdict, count]) => `${count} ${verdict}`);
  const all = parts.join(', ');
  if (all.length <= width) return all;
  while (parts.length > 1 && `${parts.join(', ')} ...`.length > width) parts.pop();
  return `${parts.join(', ')} ...`;
}

export function rehearsalText(rehearsal: Rehearsal, style: Style): string {
  const { colors } = style;
  const { isFirst, rows, news, invocations, findings, now, nextDue } = rehearsal;
  const told = isFirst ? rows : news;
  const shown = told.filter(({ verdict }) => !QUIET.has(verdict));
  const kept = rows.length - told.length;
  const repeated = invocations.reduce((sum, invocation) => sum + (invocation.isRepeated ? invocation.backupsStarted : 0), 0);
  const started = invocations.reduce((sum, invocation) => sum + invocation.backupsStarted, 0);
  const ran = invocations.reduce((sum, { shards }) => sum + 1 + shards, 0);
  return lines(
    '',
    shown.length === 0 ? 'nothing is new' : verdictTable(shown, style),
    '',
    ...(kept === 0 ? [] : [`${kept} more rows say what they said before; npm start -- --json tells all`, '']),
    `${colors.bold('verdicts')}  ${countsLine(rows, style)}`,
    `${colors.bold('backups')}   ${started} started by ${ran} invocations, ${repeated} of them by the repeated event`,
    ...findingLines(findings, style),
    '',
    `It is ${formatInstant(now)} in the local cloud${nextDue === undefined ? '' : `; a rule comes due next at ${formatInstant(nextDue)}`}.`,
    colors.bold('Try next'),
    '  npm start                                  go on from here, to the next tick',
    '  npm start -- --ticks 4                     further, by four ticks',
    '  npm start -- --config my-keeper.yaml       your own policy on this fleet',
    '  node dist/cli/keeper.js local              the same cloud for your own commands',
  );
}
