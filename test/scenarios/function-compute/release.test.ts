// One release through every door of the deployed gate at once, each of them twice, with a worker that is killed: one backup per instance, and one receipt for all.
import { request } from 'node:http';
import { OpenApiUtil } from '@alicloud/openapi-core';
import { MINUTE_MS, plusMs } from '../../../lib/base/instant';
import type { ReleaseReceipt } from '../../../lib/domain/release';
import type { FcFault } from '../../../lib/local';
import { type Deployed, deploy } from '../../support/function-compute';

let deployed: Deployed;
afterEach(() => deployed.close());

const GATE = 'keeper-pre-release-backup';
const POLICY = 'timezone: UTC\nregions: [cn-hangzhou]\npreRelease: { freshFor: 2h }\n';

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** A request to the HTTP trigger, signed as the documents have it unless told. */
function post(fields: object, isSigned = true): Promise<Reply> {
  const { cloud, clock } = deployed;
  const url = new URL(cloud.httpTriggers[GATE] ?? '');
  const { accessKeyId, accessKeySecret } = cloud.credentials;
  const headers = { 'x-acs-date': new Date(clock.now()).toISOString().replace(/\.\d{3}Z$/, 'Z') };
  const given = { method: 'POST', pathname: url.pathname, headers, query: {} } as unknown as Parameters<typeof OpenApiUtil.getAuthorization>[0]; // the signer reads no more of it
  const authorization = isSigned ? { authorization: OpenApiUtil.getAuthorization(given, 'ACS3-HMAC-SHA256', '', accessKeyId, accessKeySecret) } : {};
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers: { ...headers, ...authorization }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }));
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(fields));
  });
}

/** The receipt, or undefined from a worker that was killed. */
async function invoke(fields: object): Promise<ReleaseReceipt | undefined> {
  const answer = await deployed.fc.invoke(GATE, Buffer.from(JSON.stringify({ kind: 'pre-release', ...fields })), 'sync');
  if (typeof answer === 'string') throw new Error(answer);
  return answer.ok ? JSON.parse(answer.body.toString('utf8')).release : undefined;
}

test.each<{ name: string; ids: readonly string[]; faults: readonly FcFault[] }>([
  { name: 'two instances', ids: ['rm-a', 'rm-b'], faults: [] },
  { name: 'a worker killed when it has submitted the backup', ids: ['rm-a'], faults: [{ kind: 'kill', function: GATE, times: 4, atLine: 'backup submitted' }] },
])('$name', async ({ ids, faults }) => {
  deployed = await deploy({
    fleet: ids.map((id) => ({ id, engine: 'MySQL' as const, usedGb: 1 })),
    policy: POLICY,
    start: '2026-11-21T01:01:00Z',
    only: ['pre-release-backup', 'reconcile'],
  });
  const { fc, clock, house } = deployed;
  const wish = { instances: ids };
  const fields = { source: 'acme/shop', release: 'v2.41.0', ...wish };
  const event = Buffer.from(JSON.stringify({ specversion: '1.0', type: 'release', id: fields.release, source: fields.source, data: wish }));
  const everyDoor = async (): Promise<readonly (ReleaseReceipt | undefined)[]> => {
    fc.enqueue(GATE, event);
    fc.enqueue(GATE, event);
    const [, direct, reply] = await Promise.all([fc.runDue(), invoke(fields), post(fields)]);
    return [direct, reply.status === 200 ? JSON.parse(reply.body) : undefined];
  };
  for (const fault of faults) fc.faults.add(fault);

  const unsigned = await post(fields, false);
  await everyDoor();
  await fc.passTime(plusMs(clock.now(), 45 * MINUTE_MS));
  const [direct, http] = await everyDoor();

  expect(unsigned.status).toBe(403);
  expect(fc.records().filter(({ ok }) => !ok)).toHaveLength(faults.length); // whichever of the four it was that came first
  expect(direct).toMatchObject({ status: 'passed', attempt: 1, instances: ids.map((instanceId) => ({ instanceId, status: 'passed' })) });
  expect(http).toEqual(direct);
  expect(ids.map((id) => deployed.manualStarts(id).length)).toEqual(ids.map(() => 1));
  expect((await house.ledger.getGuards(ids)).map(({ holds }) => holds.length)).toEqual(ids.map(() => 1));
  const runs = (await deployed.runs()).filter((run) => run.function === 'pre-release-backup');
  expect(new Set(runs.map(({ trigger }) => trigger.type))).toEqual(new Set(['event', 'http', 'invoke']));
});
