// The kinds of instances that the documents tell apart: what a policy is checked against before any instance is known.
import type { Edition, Engine, Instance, StorageKind } from '../domain/instance';

export interface EngineKind extends Pick<Instance, 'engineVersion' | 'edition' | 'storage' | 'role'> {
  readonly engine: Engine;
}

export const ENGINES: readonly Engine[] = ['mysql', 'postgresql', 'sqlserver', 'mariadb'];
const STORAGES: readonly StorageKind[] = ['local-disk', 'cloud-disk'];
/** `other` is left out: the documents say nothing of it, so nothing about it is certain. */
const EDITIONS: readonly Edition[] = ['basic', 'high-availability', 'cluster', 'finance', 'serverless'];
const VERSIONS: Readonly<Record<Engine, readonly string[]>> = { mysql: ['8.0', '5.7', '5.6', '5.5'], postgresql: [''], sqlserver: [''], mariadb: [''] };

/** The engines that a selector leaves; an empty list restricts nothing. */
export function narrowed(engines: readonly Engine[], to: readonly Engine[]): readonly Engine[] {
  return to.length === 0 ? engines : engines.filter((engine) => to.includes(engine));
}

/** Every kind of primary instance of one engine. */
export function kindsOf(engine: Engine): readonly EngineKind[] {
  return STORAGES.flatMap((storage) =>
    EDITIONS.flatMap((edition) => VERSIONS[engine].map((engineVersion) => ({ engine, engineVersion, edition, storage, role: 'primary' as const }))),
  );
}
