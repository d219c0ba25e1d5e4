// What a release may ask for, through the fields that all doors share, and through a CloudEvent around them.
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, parseInstant, plusMs } from '../../lib/base/instant';
import type { ReleaseWish } from '../../lib/domain/release';
import { readCloudEvent } from '../../lib/wire/event-cloud';
import { readRelease } from '../../lib/wire/event-release';

const NOW = parseInstant('2026-11-21T02:00:00Z') as Instant;
const LEAST = { source: 'github.com/acme/shop', release: 'v2.41.0', instances: ['rm-one'] };
const WISH: ReleaseWish = {
  source: 'github.com/acme/shop',
  release: 'v2.41.0',
  instances: ['rm-one'],
  select: undefined,
  databases: undefined,
  freshForMs: undefined,
  deadlineAt: undefined,
  holdForMs: undefined,
};
const ALL = { ids: [], tags: {}, engines: [], names: [], resourceGroups: [], exclude: [] };

function read(fields: Record<string, unknown>) {
  return readRelease(JSON.parse(JSON.stringify(fields)), 'the event', NOW);
}

describe('a start', () => {
  test.each<{ name: string; fields: Record<string, unknown>; wish: Partial<ReleaseWish> }>([
    { name: 'the least that one can ask for', fields: LEAST, wish: {} },
    { name: 'the kind and the action may be told', fields: { ...LEAST, kind: 'pre-release', action: 'start' }, wish: {} },
    {
      name: 'instances and databases come in one order, each once',
      fields: { ...LEAST, instances: ['rm-two', 'rm-one', 'rm-two'], databases: ['orders', 'invoices'] },
      wish: { instances: ['rm-one', 'rm-two'], databases: ['invoices', 'orders'] },
    },
    {
      name: 'a selector instead of instances',
      fields: { ...LEAST, instances: undefined, select: { tags: { tier: 'gold' } } },
      wish: { instances: undefined, select: { ...ALL, tags: { tier: 'gold' } } },
    },
    {
      name: 'a selector with all it can have, in one order',
      fields: {
        ...LEAST,
        instances: undefined,
        select: {
          ids: ['rm-b', 'rm-a'],
          tags: { tier: '' },
          engines: ['sqlserver', 'mysql'],
          names: ['shop-*'],
          resourceGroups: ['rg-1'],
          exclude: [{ names: ['tmp-*'] }],
        },
      },
      wish: {
        instances: undefined,
        select: {
          ids: ['rm-a', 'rm-b'],
          tags: { tier: '' },
          engines: ['mysql', 'sqlserver'],
          names: ['shop-*'],
          resourceGroups: ['rg-1'],
          exclude: [{ ...ALL, names: ['tmp-*'] }],
        },
      },
    },
    { name: 'a freshness', fields: { ...LEAST, freshFor: '30m' }, wish: { freshForMs: 30 * MINUTE_MS } },
    { name: 'a new backup in any case', fields: { ...LEAST, freshFor: '0' }, wish: { freshForMs: 0 } },
    { name: 'a deadline from now', fields: { ...LEAST, deadline: '1h30m' }, wish: { deadlineAt: plusMs(NOW, 90 * MINUTE_MS) } },
    { name: 'a deadline at a time', fields: { ...LEAST, deadline: '2026-11-21T12:00:00+08:00' }, wish: { deadlineAt: plusMs(NOW, 2 * HOUR_MS) } },
    { name: 'a deadline that is over: the event is late', fields: { ...LEAST, deadline: '2026-11-21T01:00:00Z' }, wish: { deadlineAt: plusMs(NOW, -HOUR_MS) } },
    { name: 'a hold', fields: { ...LEAST, holdFor: '14d' }, wish: { holdForMs: 14 * DAY_MS } },
  ])('$name', ({ fields, wish }) => {
    expect(read(fields)).toEqual({ action: 'start', wish: { ...WISH, ...wish } });
  });
});

test.each(['check', 'status'] as const)('%s is about a release that was started', (action) => {
  expect(read({ kind: 'pre-release', action, source: 's', release: 'r' })).toEqual({ action, source: 's', release: 'r' });
  expect(() => read({ ...LEAST, action, databases: ['a'] })).toThrow(`instances, databases mean nothing to the action ${action}`);
});

test.each<{ name: string; fields: Record<string, unknown>; says: string }>([
  { name: 'another kind', fields: { ...LEAST, kind: 'on-demand' }, says: 'kind must be pre-release in the event' },
  { name: 'an unknown action', fields: { ...LEAST, action: 'stop' }, says: 'action must be one of start, check, status' },
  { name: 'an unknown field', fields: { ...LEAST, dryRun: true }, says: 'unknown fields in the event: dryRun' },
  { name: 'no source', fields: { ...LEAST, source: undefined }, says: 'source must be a text of 1 to 256 characters' },
  { name: 'an empty source', fields: { ...LEAST, source: '' }, says: 'source must be' },
  { name: 'no release', fields: { ...LEAST, release: undefined }, says: 'release must be a text' },
  { name: 'a release that is a number', fields: { ...LEAST, release: 42 }, says: 'release must be a text' },
  { name: 'a release with a line break', fields: { ...LEAST, release: 'v1\nINFO all is well' }, says: 'on one line' },
  { name: 'a release that moves the cursor', fields: { ...LEAST, release: 'v1\u001b[2J' }, says: 'on one line' },
  { name: 'a release with half a character', fields: { ...LEAST, release: 'v\ud800' }, says: 'on one line' },
  { name: 'a release of spaces around', fields: { ...LEAST, release: ' v1 ' }, says: 'release must be' },
  { name: 'a release that is too long', fields: { ...LEAST, release: 'v'.repeat(257) }, says: 'release must be' },
  { name: 'neither instances nor a selector', fields: { ...LEAST, instances: undefined }, says: 'give one of the two' },
  { name: 'instances and a selector', fields: { ...LEAST, select: { names: ['a'] } }, says: 'give one of the two' },
  { name: 'no instances', fields: { ...LEAST, instances: [] }, says: 'instances must be a list of 1 to 1000' },
  { name: 'a hostile instance', fields: { ...LEAST, instances: ['../rm-one'] }, says: 'instances must be' },
  { name: '1001 instances', fields: { ...LEAST, instances: Array.from({ length: 1001 }, (_, index) => `rm-${index}`) }, says: 'instances must be' },
  { name: 'a selector of everything', fields: { ...LEAST, instances: undefined, select: {} }, says: 'select chooses every instance' },
  {
    name: 'a selector that only excludes',
    fields: { ...LEAST, instances: undefined, select: { exclude: [{ names: ['a'] }] } },
    says: 'select chooses every instance',
  },
  { name: 'a selector that is a list', fields: { ...LEAST, instances: undefined, select: [] }, says: 'select is not a JSON object' },
  { name: 'a selector with an unknown key', fields: { ...LEAST, instances: undefined, select: { name: 'a' } }, says: 'unknown fields in select: name' },
  {
    name: 'an unknown engine',
    fields: { ...LEAST, instances: undefined, select: { engines: ['oracle'] } },
    says: 'select.engines must be a list of 1 to 4 of mysql',
  },
  { name: 'no tags', fields: { ...LEAST, instances: undefined, select: { tags: {} } }, says: 'select.tags must be 1 to 20 texts' },
  { name: 'a tag that is a number', fields: { ...LEAST, instances: undefined, select: { tags: { tier: 1 } } }, says: 'select.tags must be' },
  {
    name: 'exclusions that are no list',
    fields: { ...LEAST, instances: undefined, select: { ids: ['a'], exclude: {} } },
    says: 'select.exclude must be a list',
  },
  {
    name: 'an exclusion in an exclusion',
    fields: { ...LEAST, instances: undefined, select: { ids: ['a'], exclude: [{ exclude: [] }] } },
    says: 'unknown fields in select.exclude[0]',
  },
  { name: 'an empty exclusion', fields: { ...LEAST, instances: undefined, select: { ids: ['a'], exclude: [{}] } }, says: 'select.exclude[0] is empty' },
  { name: 'a database with a comma', fields: { ...LEAST, databases: ['a,b'] }, says: 'databases must be' },
  { name: 'a freshness in words', fields: { ...LEAST, freshFor: 'an hour' }, says: 'freshFor must be a duration from 0 to 31d' },
  { name: 'a freshness of more than a month', fields: { ...LEAST, freshFor: '32d' }, says: 'freshFor must be' },
  { name: 'a freshness that is a number', fields: { ...LEAST, freshFor: 3600 }, says: 'freshFor must be' },
  { name: 'a deadline in the far future', fields: { ...LEAST, deadline: '2027-11-21T02:00:00Z' }, says: 'deadline must be within 7 days' },
  {
    name: 'a deadline of no time',
    fields: { ...LEAST, deadline: '0' },
    says: 'deadline must be a duration from 1m to 7d, in days, hours and minutes, such as 90m or 1d12h; or an ISO 8601 time',
  },
  { name: 'a deadline without a zone', fields: { ...LEAST, deadline: '2026-11-21T02:00:00' }, says: 'or an ISO 8601 time with a zone' },
  { name: 'a hold of minutes', fields: { ...LEAST, holdFor: '30m' }, says: 'holdFor must be a duration from 1h to 3650d' },
])('$name is refused', ({ fields, says }) => {
  expect(() => read(fields)).toThrow(expect.objectContaining({ code: 'bad-event', message: expect.stringContaining(says) }));
});

test('a key named like a member of every object is an unknown field, or a tag like any other', () => {
  const fields = JSON.parse('{"source":"s","release":"r","select":{"tags":{"__proto__":"x"}}}');

  expect(readRelease(fields, 'the event', NOW)).toMatchObject({ wish: { select: { ...ALL, tags: JSON.parse('{"__proto__":"x"}') } } });
  expect(() => readRelease(JSON.parse('{"__proto__":{"source":"s"}}'), 'the event', NOW)).toThrow('unknown fields in the event: __proto__');
});

describe('a CloudEvent', () => {
  const EVENT = {
    id: 'b1f0c2',
    source: 'acme.releases',
    specversion: '1.0',
    type: 'acme:release:announced',
    datacontenttype: 'application/json',
    subject: 'shop',
    time: '2026-11-21T01:59:00Z',
    aliyuneventbusname: 'releases',
    data: { instances: ['rm-one'] },
  };

  test('its source and id stand for what the data leaves out', () => {
    expect(readCloudEvent(EVENT, 'the CloudEvent', NOW)).toEqual({ action: 'start', wish: { ...WISH, source: 'acme.releases', release: 'b1f0c2' } });
  });

  test('what the data says goes before', () => {
    expect(readCloudEvent({ ...EVENT, data: LEAST }, 'the CloudEvent', NOW)).toEqual({ action: 'start', wish: WISH });
  });

  test.each([
    { name: 'none at all', event: 'release!', says: 'the CloudEvent is not a JSON object' },
    { name: 'another version', event: { ...EVENT, specversion: '0.3' }, says: 'specversion of the CloudEvent must be 1.0' },
    { name: 'no type', event: { ...EVENT, type: undefined }, says: 'type of the CloudEvent must be' },
    { name: 'no source', event: { ...EVENT, source: '' }, says: 'source of the CloudEvent must be' },
    { name: 'no id', event: { ...EVENT, id: 7 }, says: 'id of the CloudEvent must be' },
    { name: 'no data', event: { ...EVENT, data: undefined }, says: 'data of the CloudEvent is not a JSON object' },
    { name: 'data as text', event: { ...EVENT, data: '{}' }, says: 'data of the CloudEvent is not a JSON object' },
    {
      name: 'data with an unknown field',
      event: { ...EVENT, data: { ...LEAST, environment: 'prod' } },
      says: 'unknown fields in data of the CloudEvent: environment',
    },
  ])('$name is refused', ({ event, says }) => {
    expect(() => readCloudEvent(event, 'the CloudEvent', NOW)).toThrow(says);
  });
});
