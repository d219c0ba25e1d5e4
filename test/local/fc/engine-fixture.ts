// A local Function Compute for tests: functions as sources in a folder of their own, on a virtual clock.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FcEngineOptions, makeFcEngine, type RunningFcEngine } from '../../../lib/local/fc';
import type { FcFunction } from '../../../lib/local/fc/kinds';
import { builtBundle } from '../../support/bundles';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';

export interface FunctionSpec extends Omit<Partial<FcFunction>, 'async'> {
  readonly source: string;
  readonly async?: Partial<FcFunction['async']>;
}

export interface Lab {
  readonly engine: RunningFcEngine;
  readonly clock: VirtualClock;
  readonly folder: string;
}

export interface LabSpec extends Partial<Omit<FcEngineOptions, 'manifest' | 'clock'>> {
  readonly functions: Readonly<Record<string, FunctionSpec>>;
  readonly start?: string;
}

const open: (() => Promise<void>)[] = [];

/** Closes every lab of the test file: call it after each test. */
export async function closeLabs(): Promise<void> {
  for (const close of open.splice(0)) await close();
}

export function makeLab(spec: LabSpec): Lab {
  const { functions, start = '2026-11-21T01:00:00Z', ...options } = spec;
  const folder = mkdtempSync(join(tmpdir(), 'keeper-engine-'));
  const clock = makeVirtualClock(start);
  const manifest = { region: 'cn-hangzhou', accountId: '1234567890123456', functions: Object.entries(functions).map((entry) => complete(folder, ...entry)) };
  const engine = makeFcEngine({ manifest, clock, bootstrap: builtBundle('fcBootstrap'), ...options });
  open.push(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });
  return { engine, clock, folder };
}

function complete(folder: string, name: string, { source, async: config, ...rest }: FunctionSpec): FcFunction {
  writeFileSync(join(folder, `${name}.js`), source);
  return {
    name,
    codeFolder: folder,
    handler: `${name}.handler`,
    initializer: undefined,
    memoryMb: 256,
    timeoutMs: 10_000,
    env: {},
    role: undefined,
    maxInstances: 10,
    timers: [],
    http: [],
    ...rest,
    async: { maxRetries: 0, maxAgeMs: 3_600_000, isTask: false, onFailureFunction: undefined, onSuccessFunction: undefined, ...config },
  };
}

/** The body of an answer as text. */
export function text(answer: { readonly body: Buffer } | string | undefined): string {
  return typeof answer === 'object' ? answer.body.toString('utf8') : String(answer);
}
