// What a change by hand would do, where it waits for its --yes.
import { stepText } from '../../run/step-text';
import type { PlanStep } from '../../run/types';
import { sanitise } from '../sanitise';
import type { Style } from './style';
import { lines } from './text';

export function stepsText(steps: readonly PlanStep[], { colors }: Style): string {
  return lines(...steps.flatMap((step) => [headOf(step, colors), `    ${colors.dim(sanitise(step.reason))}`]));
}

function headOf(step: PlanStep, colors: Style['colors']): string {
  const text = `${sanitise(step.instanceId)}: ${sanitise(stepText(step))}`;
  const isDestructive = 'isDestructive' in step && step.isDestructive;
  return isDestructive ? colors.bold(colors.red(`! DESTROYS BACKUPS: ${text}`)) : text;
}
