// Submits again what was handed over and lost: reconcile's part in the fan-out.
import type { OpenTask } from '../../domain/open-task';
import { submittedAgain, workLost } from '../../policy/fan-out/findings';
import { fateOf } from '../../policy/fan-out/lost';
import type { Run } from '../envelope';
import { partOfTask, submitTask } from './tasks';

/** Every open task of a worker that has been silent for too long gets one more attempt, or is given up. Without `ports.fanOut` nothing can be submitted. */
export async function resubmitLost(run: Run): Promise<void> {
  const { ledger, fanOut } = run.ports;
  if (fanOut === undefined || run.request.dryRun) return;
  for await (const page of ledger.listTasks('shard')) {
    for (const task of page) {
      if (run.request.deadline.isNear()) return run.tally.handOff();
      await run.keepLease();
      await judge(run, fanOut, task);
    }
  }
}

async function judge(run: Run, fanOut: NonNullable<Run['ports']['fanOut']>, task: OpenTask): Promise<void> {
  const { ledger, clock } = run.ports;
  const fate = fateOf(task, clock.now());
  if (fate === 'wait') return;
  const part = partOfTask(task);
  if (fate === 'give-up') {
    await ledger.removeTask(task);
    run.tally.finding(workLost(task, part));
    return;
  }
  // The attempt is raised first: the service takes each task id once, and who loses this race need not submit.
  const next = await ledger.putTask(task, { ...task, attempt: task.attempt + 1, updatedAt: clock.now() });
  if (next === undefined) return;
  const problem = await submitTask(run, fanOut, next, part);
  run.tally.finding(problem ?? submittedAgain(next, part));
}
