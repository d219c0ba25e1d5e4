// How the copies of an instance, restores and RDS Custom disks change: their records in the journal, and what each does to the state.
import type { CopyFault, CopyState, LogGap, OrderState } from './copy-state';
import type { CustomDisk, CustomSnapshotState } from './custom-state';
import type { WorldState } from './deltas';
import type { InstanceState } from './state';

export type CopyDelta =
  | { readonly kind: 'copy'; readonly instanceId: string; readonly copy: CopyState }
  /** All that there are. */
  | { readonly kind: 'copies'; readonly instanceId: string; readonly copies: readonly CopyState[] }
  | { readonly kind: 'next-copy'; readonly instanceId: string; readonly fault: CopyFault | null }
  | { readonly kind: 'log-gaps'; readonly instanceId: string; readonly gaps: readonly LogGap[] };

export type OtherDelta =
  | { readonly kind: 'order'; readonly order: OrderState }
  | { readonly kind: 'custom-disk'; readonly disk: CustomDisk }
  | { readonly kind: 'custom-snapshot'; readonly snapshot: CustomSnapshotState }
  | { readonly kind: 'custom-snapshot-removed'; readonly id: string };

const COPY_KINDS: readonly string[] = ['copy', 'copies', 'next-copy', 'log-gaps'] satisfies readonly CopyDelta['kind'][];

export function isCopyDelta(delta: { readonly kind: string }): delta is CopyDelta {
  return COPY_KINDS.includes(delta.kind);
}

export function applyCopyDelta(state: WorldState, found: InstanceState, delta: CopyDelta): void {
  switch (delta.kind) {
    case 'copy':
      replaceCopies(state, found, withCopy(found.copies, delta.copy));
      return;
    case 'copies':
      replaceCopies(state, found, delta.copies);
      return;
    case 'next-copy':
      found.nextCopy = delta.fault ?? undefined;
      return;
    case 'log-gaps':
      found.logGaps = delta.gaps;
      return;
  }
}

/** In place of the one with its id, or new; then expired ones go, which lists never show anyway. */
function withCopy(copies: readonly CopyState[], copy: CopyState): readonly CopyState[] {
  if (copies.some((other) => other.id === copy.id)) return copies.map((other) => (other.id === copy.id ? copy : other));
  return [...copies.filter((other) => other.expiresAt > copy.endedAt), copy];
}

function replaceCopies(state: WorldState, found: InstanceState, copies: readonly CopyState[]): void {
  for (const { id } of found.copies) state.copyOwners.delete(id);
  found.copies = [...copies];
  for (const { id } of copies) {
    state.copyOwners.set(id, found.spec.id);
    state.lastCopyId = Math.max(state.lastCopyId, Number(id));
  }
}

export function applyOtherDelta(state: WorldState, delta: OtherDelta): void {
  switch (delta.kind) {
    case 'order':
      state.orders.set(delta.order.key, delta.order);
      state.lastOrderId = Math.max(state.lastOrderId, Number(delta.order.orderId));
      return;
    case 'custom-disk':
      state.disks.set(delta.disk.id, delta.disk);
      return;
    case 'custom-snapshot':
      state.snapshots.set(delta.snapshot.id, delta.snapshot);
      return;
    case 'custom-snapshot-removed':
      state.snapshots.delete(delta.id);
      return;
  }
}

/** The copies of an instance as changes that make them from nothing. */
export function* snapshotCopies(instanceId: string, found: InstanceState): Iterable<CopyDelta> {
  if (found.copies.length > 0) yield { kind: 'copies', instanceId, copies: found.copies };
  if (found.nextCopy !== undefined) yield { kind: 'next-copy', instanceId, fault: found.nextCopy };
  if (found.logGaps.length > 0) yield { kind: 'log-gaps', instanceId, gaps: found.logGaps };
}

export function* snapshotOthers(state: WorldState): Iterable<OtherDelta> {
  for (const order of state.orders.values()) yield { kind: 'order', order };
  for (const disk of state.disks.values()) yield { kind: 'custom-disk', disk };
  for (const snapshot of state.snapshots.values()) yield { kind: 'custom-snapshot', snapshot };
}
