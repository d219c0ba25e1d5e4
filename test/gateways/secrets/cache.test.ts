// How long a secret is kept, and when it is read again.
import { MINUTE_MS, plusMs, SECOND_MS } from '../../../lib/base/instant';
import { makeSecretCache } from '../../../lib/gateways/secrets';
import { type AwsRig, startAwsRig } from './aws-rig';

const REFERENCE = 'secret://aws/prod';

let rig: AwsRig;
beforeEach(async () => {
  rig = await startAwsRig();
  rig.store.put('prod', 'first');
});
afterEach(() => rig.close());

test('a secret is read once in five minutes, then again: a rotated one is seen without a new deployment', async () => {
  const secrets = rig.secrets();
  await secrets.resolve(REFERENCE);
  rig.store.rotate('prod', 'second');

  rig.clock.advance(5 * MINUTE_MS - SECOND_MS);
  const kept = await secrets.resolve(REFERENCE);
  rig.clock.advance(SECOND_MS);
  const renewed = await secrets.resolve(REFERENCE);

  expect([kept, renewed]).toEqual(['first', 'second']);
  expect(rig.reads()).toBe(2);
});

test('who asks anew gets what is there now, and everybody else after that too', async () => {
  const secrets = rig.secrets();
  await secrets.resolve(REFERENCE);
  rig.store.rotate('prod', 'second');

  await expect(secrets.resolve(REFERENCE, { anew: true })).resolves.toBe('second');
  await expect(secrets.resolve(REFERENCE)).resolves.toBe('second');
  expect(rig.reads()).toBe(2);
});

test('callers at the same time share one read', async () => {
  const secrets = rig.secrets();

  await expect(Promise.all(Array.from({ length: 20 }, () => secrets.resolve(REFERENCE)))).resolves.toEqual(Array.from({ length: 20 }, () => 'first'));
  expect(rig.reads()).toBe(1);
});

test('a cache outlives the houses that use it; two caches know nothing of each other', async () => {
  const cache = makeSecretCache();
  await rig.secrets({}, cache).resolve(REFERENCE);
  await rig.secrets({}, cache).resolve(REFERENCE);
  await rig.secrets().resolve(REFERENCE);

  expect(rig.reads()).toBe(2);
});

test('a failure is not kept, and a secret that is gone is gone at the next read', async () => {
  const secrets = rig.secrets();
  await expect(secrets.resolve('secret://aws/later')).rejects.toMatchObject({ code: 'secret-missing' });
  rig.store.put('later', 'there');
  await expect(secrets.resolve('secret://aws/later')).resolves.toBe('there');
  rig.store.delete('later');
  await expect(secrets.resolve('secret://aws/later', { anew: true })).rejects.toMatchObject({ code: 'secret-missing' });

  await expect(secrets.resolve('secret://aws/later')).rejects.toMatchObject({ code: 'secret-missing' });
});

test.each([
  { name: 'variables', reference: 'env://KEY' },
  { name: 'files', reference: 'file:///run/key' },
])('$name go through it too', async ({ reference }) => {
  const { clock } = rig;
  const env: Record<string, string> = { KEY: 'first' };
  const { makeSecrets } = await import('../../../lib/gateways/secrets');
  const secrets = makeSecrets({
    env,
    readFile: async () => Buffer.from(env['KEY'] ?? ''),
    readAws: () => Promise.reject(new Error('not asked')),
    cache: makeSecretCache(MINUTE_MS),
    clock,
  });
  await secrets.resolve(reference);
  env['KEY'] = 'second';

  const kept = await secrets.resolve(reference);
  clock.advance(MINUTE_MS);
  const renewed = await secrets.resolve(reference);

  expect([kept, renewed]).toEqual(['first', 'second']);
});

test('a clock that went back makes nothing last longer', async () => {
  const cache = makeSecretCache();
  const { clock } = rig;
  const read = jest.fn(async () => 'value');
  await cache.get({ key: 'k', now: clock.now(), anew: false, read });

  await cache.get({ key: 'k', now: plusMs(clock.now(), -SECOND_MS), anew: false, read });

  expect(read).toHaveBeenCalledTimes(2);
});
