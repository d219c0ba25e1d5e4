// An instance is looked for in every account and region that can be asked.
import { CredentialsError } from '../../lib/domain/cloud-errors';
import type { Instance } from '../../lib/domain/instance';
import type { RdsGateway } from '../../lib/domain/ports';
import { findInShards, type Shard } from '../../lib/run/shards';
import { makeInstance } from '../policy/fixtures';

const DENIED = new CredentialsError('the credentials are not accepted', { operation: 'DescribeDBInstances', target: 'rm-1' });

function shardOf(account: string, findInstance: () => Promise<Instance | undefined>): Shard {
  return { account, region: 'cn-hangzhou', gateway: { findInstance } as unknown as RdsGateway }; // nothing else is called
}

const broken = shardOf('broken', () => Promise.reject(DENIED));
const empty = shardOf('empty', () => Promise.resolve(undefined));
const full = shardOf('full', () => Promise.resolve(makeInstance()));

test.each([
  { name: 'before the one that knows it', shards: [broken, full] },
  { name: 'after the one that knows it', shards: [full, broken] },
])('an account that cannot be asked does not hide the others: $name', async ({ shards }) => {
  expect((await findInShards(shards, 'rm-1', { withTags: false }))?.shard).toBe(full);
});

test('where nobody knows it, the account that could not be asked is named: it may be there', async () => {
  await expect(findInShards([broken, empty], 'rm-1', { withTags: false })).rejects.toBe(DENIED);
});

test('where all could be asked, it is not there', async () => {
  expect(await findInShards([empty, empty], 'rm-1', { withTags: false })).toBeUndefined();
});

test('a mistake of ours is no answer of an account', async () => {
  const bug = new TypeError('no');

  await expect(findInShards([shardOf('a', () => Promise.reject(bug)), full], 'rm-1', { withTags: false })).rejects.toBe(bug);
});
