import { makeFaultPlan } from '../../lib/local/faults';
import type { Fault } from '../../lib/local/kinds';

const RESET: Fault = { service: 'rds', operation: 'CreateBackup', effect: 'none', reply: { kind: 'reset' } };

describe('the plan of faults', () => {
  test('hits once unless told, and only the service and operation it names', () => {
    const plan = makeFaultPlan();
    plan.add(RESET);

    expect(plan.take('rds', 'DescribeBackups', {})).toBeUndefined();
    expect(plan.take('tablestore', 'CreateBackup', {})).toBeUndefined();
    expect(plan.take('rds', 'CreateBackup', {})).toBe(RESET);
    expect(plan.take('rds', 'CreateBackup', {})).toBeUndefined();
  });

  test('lets the first calls pass and then hits as often as told', () => {
    const plan = makeFaultPlan();
    plan.add({ ...RESET, skip: 2, times: 2 });

    const hits = [1, 2, 3, 4, 5].map(() => plan.take('rds', 'CreateBackup', {}) !== undefined);

    expect(hits).toEqual([false, false, true, true, false]);
  });

  test('takes any operation for a star, and compares the parameters it names', () => {
    const plan = makeFaultPlan();
    plan.add({ ...RESET, operation: '*', match: { DBInstanceId: 'rm-1' } });

    expect(plan.take('rds', 'DescribeBackups', { DBInstanceId: 'rm-2' })).toBeUndefined();
    expect(plan.take('rds', 'DescribeBackups', {})).toBeUndefined();
    expect(plan.take('rds', 'DescribeBackups', { DBInstanceId: 'rm-1', PageSize: '30' })).toBeDefined();
  });

  test('counts a call for a fault that still skips, and lets the next fault have it', () => {
    const plan = makeFaultPlan();
    const stall: Fault = { ...RESET, reply: { kind: 'stall' } };
    plan.add({ ...RESET, skip: 1 });
    plan.add(stall);

    expect(plan.take('rds', 'CreateBackup', {})).toBe(stall);
    expect(plan.take('rds', 'CreateBackup', {})?.reply.kind).toBe('reset');
  });

  test('forgets everything when cleared', () => {
    const plan = makeFaultPlan();
    plan.add({ ...RESET, times: 9 });

    plan.clear();

    expect(plan.take('rds', 'CreateBackup', {})).toBeUndefined();
  });

  test.each<{ name: string; fault: Fault }>([
    { name: 'a normal answer to a write that never happened', fault: { ...RESET, reply: { kind: 'normal' } } },
    { name: 'a normal answer to a write that happens later', fault: { ...RESET, effect: { appliedAfterMs: 5 }, reply: { kind: 'normal' } } },
    { name: 'no times', fault: { ...RESET, times: 0 } },
    { name: 'half a skip', fault: { ...RESET, skip: 0.5 } },
    { name: 'an effect in the past', fault: { ...RESET, effect: { appliedAfterMs: -1 } } },
    { name: 'a list from the future', fault: { ...RESET, reply: { kind: 'stale', byMs: -1 } } },
  ])('refuses $name', ({ fault }) => {
    expect(() => makeFaultPlan().add(fault)).toThrow(RangeError);
  });
});
