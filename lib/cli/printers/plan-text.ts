// Plans for people: every step with what was before and what comes after, what destroys backups where nobody can miss it, and what came of applying them.
import type { SlotVerdict } from '../../domain/verdict';
import { rowsOfVerdicts } from '../../report/verdict-view';
import type { Applied } from '../../run/apply';
import type { PlanFile } from '../../run/plan-file';
import { stepText } from '../../run/step-text';
import type { Plan, PlanStep } from '../../run/types';
import { sanitise } from '../sanitise';
import type { Style } from './style';
import { counted, interestingRows, lines, runText, summaryFindings } from './text';

const DONE_WORDS: Readonly<Record<PlanStep['action'], readonly [thing: string, done: string]>> = {
  'create-backup': ['backup', 'started'],
  'extend-expiry': ['backup set', 'kept longer'],
  'change-settings': ['settings change', 'written'],
  'change-cross-region': ['cross-region settings change', 'written'],
  'mark-surplus': ['backup set', 'marked as surplus'],
  purge: ['backup set', 'purged'],
};

/** Said by the steps already. */
const PLANNED: ReadonlySet<string> = new Set(['would-submit', 'would-extend', 'would-correct', 'would-mark', 'would-purge']);

export function planText(plan: Plan, out: { readonly path: string; readonly digest: string } | undefined, style: Style): string {
  const file = out === undefined ? [] : [`file    ${sanitise(out.path)} (${out.digest})`];
  const next = out === undefined || plan.steps.length === 0 ? [] : [`        carry it out: keeper apply ${sanitise(out.path)}`];
  return lines(
    `${style.colors.bold(`Plan for ${plan.function} at ${plan.asOf}`)}: ${summaryOf(plan.steps)}`,
    '',
    ...stepLines(plan.steps, style),
    ...interestingRows(rowsOfVerdicts(plan.verdicts), style, ({ verdict }) => !PLANNED.has(verdict)),
    ...summaryFindings(plan.summary, style),
    `plan    ${plan.digest}`,
    `policy  ${sanitise(plan.policyDigest)}`,
    ...file,
    ...next,
  );
}

/** `1 backup set would be marked as surplus, 2 backup sets would be purged, nothing was` */
function summaryOf(steps: readonly PlanStep[]): string {
  if (steps.length === 0) return 'there is nothing to do';
  const parts = [...grouped(steps, ({ action }) => action)].map(([action, { length }]) => {
    const [thing, done] = DONE_WORDS[action];
    return `${counted(length, thing)} would be ${done}`;
  });
  return `${parts.join(', ')}, nothing was`;
}

/** By instance, in the order in which they would be carried out. */
function stepLines(steps: readonly PlanStep[], { colors }: Style): string[] {
  const alarm = (text: string): string => colors.bold(colors.red(text));
  const destructive = steps.filter(isDestructive).length;
  const blocks = [...grouped(steps, placeOf)].flatMap(([place, own]) => [
    colors.bold(sanitise(place)),
    ...own.flatMap((step, at) => [
      `  ${isDestructive(step) ? alarm(`! DESTROYS BACKUPS: ${sanitise(stepText(step))}`) : sanitise(stepText(step))}`,
      // A reason that several steps of a kind in a row share is told once, below the last of them.
      ...(isSameReason(step, own[at + 1]) ? [] : [`      ${colors.dim(sanitise(step.reason))}`]),
    ]),
    '',
  ]);
  return [
    ...(destructive === 0 ? [] : [alarm(`${destructive} of ${counted(steps.length, 'step')} ${destructive === 1 ? 'destroys' : 'destroy'} backups`), '']),
    ...blocks,
  ];
}

function grouped<T, Key>(items: readonly T[], keyOf: (item: T) => Key): ReadonlyMap<Key, readonly T[]> {
  const groups = new Map<Key, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function placeOf({ account, region, instanceId }: PlanStep): string {
  return `${instanceId} (${account} in ${region})`;
}

function isSameReason({ action, reason }: PlanStep, next: PlanStep | undefined): boolean {
  return next?.action === action && next.reason === reason;
}

function isDestructive(step: PlanStep): boolean {
  return step.action === 'purge' || ((step.action === 'change-settings' || step.action === 'change-cross-region') && step.isDestructive);
}

export function appliedText(file: PlanFile, applied: Applied, verdicts: readonly SlotVerdict[], style: Style): string {
  const name = style.colors.bold(`Plan for ${file.function} at ${file.asOf}`);
  switch (applied.kind) {
    case 'nothing':
      return lines(`${name}: it has no steps, so there is nothing to apply`);
    case 'repeated':
      return lines(`${name}: it has been applied before; nothing was done now, and this is what came of it then`) + runText(applied.summary, undefined, style);
    case 'applied':
      return (
        lines(`${name}: the ${counted(file.steps.length, 'step')} of the plan were to be carried out, and nothing else; this came of it`) +
        runText(applied.summary, verdicts, style)
      );
  }
}
