// Works through a list with bounded concurrency, and stops taking new items at the first failure.
import pLimit from 'p-limit';

/**
 * Calls `action` for every item, at most `concurrency` at a time. After a failure nothing new is begun; what is under way is waited for, and then the
 * first failure is thrown: when this settles, nothing of it is still running.
 */
export async function eachLimited<T>(items: readonly T[], concurrency: number, action: (item: T, index: number) => Promise<void>): Promise<void> {
  const limit = pLimit(concurrency);
  let failure: { readonly reason: unknown } | undefined;
  await Promise.all(
    items.map((item, index) =>
      limit(async () => {
        if (failure !== undefined) return;
        try {
          await action(item, index);
        } catch (reason) {
          failure ??= { reason };
        }
      }),
    ),
  );
  if (failure !== undefined) throw failure.reason;
}
