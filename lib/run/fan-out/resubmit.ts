// Submits again what was handed over and lost: reconcile's part in the fan-out.
import type { OpenTask } from '../../domain/open-task';
import { submittedAgain, workLost } from '../../policy/fan-out/findings';
import { fateOf } from '../../policy/fan-out/lost';
import { nameOfWork } from '../../policy/fan-out/parts';
import type { Run } from '../envelope';
import { scopeOf } from '../shards';
import { submitTask, workOfTask } from './tasks';

/** Every open task of a worker that has been silent for too long gets one more attempt, or is given up; what the policy no longer has is dropped. Without `ports.fanOut` nothing can be submitted. */
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
  const work = workOfTask(task);
  const part = work === undefined ? task.id : nameOfWork(work);
  if (work !== undefined && !run.shards.some((shard) => scopeOf(shard) === scopeOf(work))) {
    run.logger.info({ function: task.function, part }, 'work dropped: the policy no longer has its account and region');
    return ledger.removeTask(task);
  }
  // The attempt is raised first: the service takes each task id once, and who loses this race need do nothing.
  const attempt = fate === 'give-up' ? task.attempt : task.attempt + 1;
  const next = await ledger.putTask(task, { ...task, attempt, updatedAt: clock.now() });
  if (next === undefined) return;
  if (fate === 'give-up') {
    await ledger.removeTask(next);
    run.tally.finding(workLost(next, part));
    return;
  }
  const problem = await submitTask(run, fanOut, next, part);
  run.tally.finding(problem ?? submittedAgain(next, part));
}
