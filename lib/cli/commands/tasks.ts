// keeper tasks: backup jobs of an instance, those that wait or run, and single ones also when they have ended.
import type { Command } from 'commander';
import { type Cli, printerOf } from '../context';
import { tasksText } from '../printers/inventory-instance';
import { onShards, parseJobId, withInstance } from './inventory';

interface TaskOptions {
  readonly instance: string;
}

export function addTasksCommand(program: Command, cli: Cli): void {
  const tasks = program.command('tasks').description('backup jobs of an instance');
  withInstance(tasks.command('list').description('the jobs that wait or run: the service lists no others')).action(
    async ({ instance }: TaskOptions, command: Command) => {
      const { listTasks } = await import('../../run/inventory-instance');
      const jobs = await onShards(cli, command, (shards) => listTasks(shards, instance));
      printerOf(cli, command).result({ json: () => ({ instanceId: instance, tasks: jobs }), text: (style) => tasksText(jobs, style) });
    },
  );
  withInstance(tasks.command('show').description('one job, also when it has ended, with its backup set').argument('<jobId>', 'the job', parseJobId)).action(
    async (jobId: string, { instance }: TaskOptions, command: Command) => {
      const { showTask } = await import('../../run/inventory-instance');
      const job = await onShards(cli, command, (shards) => showTask(shards, instance, jobId));
      printerOf(cli, command).result({ json: () => job, text: (style) => tasksText([job], style) });
    },
  );
}
