import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../lib/base/hash';
import { readPlanFile, refuseExisting, writePlanFile } from '../../lib/cli/plan-file';
import { PLAN_FORMAT, PLAN_VERSION, type PlanFile } from '../../lib/run/plan-file';
import { CREATE, EVERY_STEP } from '../support/plan-steps';

/** Any JSON document: the tests spoil it. */
type Json = Record<string, unknown>;

const BODY = {
  format: PLAN_FORMAT,
  version: PLAN_VERSION,
  function: 'retention-hygiene',
  asOf: '2026-11-21T01:00:00Z',
  instances: ['rm-1'],
  policyDigest: 'sha256:policy',
  installationId: '01INSTALLATION',
  overLimit: 0,
  steps: EVERY_STEP,
} as const;
const FILE: PlanFile = sealed(BODY);

function sealed<Body extends object>(body: Body): Body & { digest: string } {
  return { ...body, digest: digestOf(body) };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keeper-plan-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (): string => join(folder, 'plan.json');

function write(document: unknown): void {
  writeFileSync(path(), typeof document === 'string' ? document : JSON.stringify(document));
}

describe('writing', () => {
  test('what is written reads back the same', async () => {
    await writePlanFile(path(), FILE, false);

    expect(await readPlanFile('plan.json', folder)).toEqual(FILE);
  });

  test('a plan for the whole fleet names no instances', async () => {
    const { instances: _, ...rest } = BODY;
    await writePlanFile(path(), sealed(rest), false);

    expect(await readPlanFile('plan.json', folder)).toEqual(sealed(rest));
  });

  test('only its owner can read it, and nothing else is left in the folder', async () => {
    await writePlanFile(path(), FILE, false);

    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['plan.json']);
  });

  test('a file that is there stays as it is, also when it appears at the last moment', async () => {
    write('mine');

    await expect(refuseExisting(path())).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('is there already') });
    await expect(writePlanFile(path(), FILE, false)).rejects.toMatchObject({ exitCode: 2, hint: expect.stringContaining('--force') });
    expect(readFileSync(path(), 'utf8')).toBe('mine');
    expect(readdirSync(folder)).toEqual(['plan.json']);
  });

  test('with force it is replaced, and only its owner can read the new one', async () => {
    write('mine');

    await writePlanFile(path(), FILE, true);

    expect(await readPlanFile('plan.json', folder)).toEqual(FILE);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  test('a folder that is not there is told', async () => {
    await expect(writePlanFile(join(folder, 'no', 'plan.json'), FILE, false)).rejects.toMatchObject({ code: 'not-written', exitCode: 1 });
  });
});

describe('a plan that was edited is refused', () => {
  const EDITS: readonly { name: string; edit: (document: Json) => Json }[] = [
    { name: 'another function', edit: (document) => ({ ...document, function: 'extend-expiry' }) },
    { name: 'another time', edit: (document) => ({ ...document, asOf: '2026-11-21T02:00:00Z' }) },
    { name: 'other instances', edit: (document) => ({ ...document, instances: ['rm-2'] }) },
    { name: 'no instances', edit: ({ instances: _, ...rest }) => rest },
    { name: 'another policy', edit: (document) => ({ ...document, policyDigest: 'sha256:other' }) },
    { name: 'another installation', edit: (document) => ({ ...document, installationId: '02' }) },
    { name: 'another count of what was left out', edit: (document) => ({ ...document, overLimit: 1 }) },
    { name: 'a step less', edit: (document) => ({ ...document, steps: EVERY_STEP.slice(1) }) },
    { name: 'another order', edit: (document) => ({ ...document, steps: EVERY_STEP.toReversed() }) },
    { name: 'another reason', edit: (document) => ({ ...document, steps: EVERY_STEP.map((step) => ({ ...step, reason: 'trust me' })) }) },
    { name: 'another digest', edit: (document) => ({ ...document, digest: digestOf('other') }) },
    { name: 'no digest', edit: ({ digest: _, ...rest }) => rest },
    { name: 'something more', edit: (document) => ({ ...document, comment: 'reviewed' }) },
  ];

  test.each(EDITS)('$name', async ({ edit }) => {
    write(edit({ ...FILE }));

    await expect(readPlanFile('plan.json', folder)).rejects.toMatchObject({ code: 'plan-edited', exitCode: 2 });
  });

  test.each(Object.keys(EVERY_STEP[0] ?? {}))('another %s of a step', async (field) => {
    write({ ...FILE, steps: EVERY_STEP.map((step, index) => (index === 0 ? { ...step, [field]: 'edited' } : step)) });

    await expect(readPlanFile('plan.json', folder)).rejects.toMatchObject({ code: 'plan-edited' });
  });

  test('other spaces and another order of keys are no edit', async () => {
    write(JSON.stringify(Object.fromEntries(Object.entries(FILE).reverse()), undefined, 7));

    expect(await readPlanFile('plan.json', folder)).toEqual(FILE);
  });
});

describe('what is no plan is refused with what is wrong', () => {
  test.each<{ name: string; document: unknown; code: string; says: RegExp }>([
    { name: 'no JSON', document: '{', code: 'plan-invalid', says: /plan\.json is not JSON/ },
    { name: 'an empty file', document: '', code: 'plan-invalid', says: /is not JSON/ },
    { name: 'a list', document: [FILE], code: 'plan-invalid', says: /not a JSON object/ },
    { name: 'another document', document: { version: 1 }, code: 'plan-invalid', says: /is no plan/ },
    { name: 'another version', document: sealed({ ...BODY, version: 2 }), code: 'plan-invalid', says: /version 1/ },
    { name: 'a function that has no plans', document: sealed({ ...BODY, function: 'reconcile' }), code: 'plan-invalid', says: /function: / },
    { name: 'a time that is none', document: sealed({ ...BODY, asOf: 'now' }), code: 'plan-invalid', says: /asOf: / },
    { name: 'a key that nobody knows', document: sealed({ ...BODY, more: 1 }), code: 'plan-invalid', says: /more/ },
    {
      name: 'a step of an unknown kind',
      document: sealed({ ...BODY, steps: [{ ...CREATE, action: 'drop' }] }),
      code: 'plan-invalid',
      says: /steps\[0\]\.action: /,
    },
    { name: 'a step with a key too many', document: sealed({ ...BODY, steps: [{ ...CREATE, force: true }] }), code: 'plan-invalid', says: /steps\[0\].*force/ },
    {
      name: 'a step without its target',
      document: sealed({ ...BODY, steps: [{ ...CREATE, instanceId: '' }] }),
      code: 'plan-invalid',
      says: /steps\[0\]\.instanceId/,
    },
    {
      name: 'a backup of no database',
      document: sealed({ ...BODY, steps: [{ ...CREATE, spec: { scope: { kind: 'databases', databases: [] }, method: 'physical' } }] }),
      code: 'plan-invalid',
      says: /steps\[0\]\.spec\.scope\.databases/,
    },
  ])('$name', async ({ document, code, says }) => {
    write(document);

    await expect(readPlanFile('plan.json', folder)).rejects.toMatchObject({ code, exitCode: 2, message: expect.stringMatching(says) });
  });

  test('a file that is not there', async () => {
    await expect(readPlanFile('plan.json', folder)).rejects.toMatchObject({ code: 'plan-unreadable', exitCode: 2, message: expect.stringContaining('ENOENT') });
  });

  test('a folder', async () => {
    mkdirSync(path());

    await expect(readPlanFile('plan.json', folder)).rejects.toMatchObject({ code: 'plan-unreadable', exitCode: 2 });
  });

  test('a file that is larger than any plan is not read', async () => {
    write('');
    truncateSync(path(), 64 * 1024 * 1024 + 1);

    await expect(readPlanFile('plan.json', folder)).rejects.toMatchObject({ code: 'plan-unreadable', message: expect.stringContaining('67108865 bytes') });
  });
});
