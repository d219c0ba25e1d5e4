// Leads release events to the pre-release gate: a custom event bus, a rule on it, and the function as the rule's target.
//
//   node examples/eventbridge/release-bus.mjs            shows what would be asked for; calls nothing
//   node examples/eventbridge/release-bus.mjs --apply    makes what is missing, and brings the rest in line; safe to repeat
//
// EventBridge API, version 2020-04-01. From the documents alone: not verified on a live account.
import openApi from '@alicloud/openapi-core';
import dara from '@darabonba/typescript';

const API_VERSION = '2020-04-01';
const TIMEOUT_MS = 10_000;
const RULE = 'keeper-releases';
const TARGET = 'keeper-pre-release-backup';
/** Only what says that it is a release. */
const FILTER = { type: ['keeper:release'] };

function readSettings(env) {
  const region = required(env, 'KEEPER_FC_REGION', 'the region that the functions are deployed in');
  const accountId = required(env, 'KEEPER_FC_ACCOUNT_ID', 'the number of the account that they are deployed in');
  const functionName = `${env['KEEPER_FUNCTION_PREFIX'] || 'keeper'}-pre-release-backup`;
  return {
    region,
    bus: env['KEEPER_EVENT_BUS'] || 'keeper-releases',
    functionName,
    functionArn: `acs:fc:${region}:${accountId}:functions/${functionName}`,
    endpoint: new URL(env['KEEPER_EVENTBRIDGE_ENDPOINT'] || `https://eventbridge-console.${region}.aliyuncs.com`),
  };
}

function required(env, name, meaning) {
  const value = env[name];
  if (value) return value;
  throw new Error(`${name} is not set: it is ${meaning}`);
}

/** What there is to be: requests by what they make. The event reaches the function whole, as a CloudEvent. */
function wishes({ bus, functionName, functionArn }) {
  const rule = { EventBusName: bus, RuleName: RULE, FilterPattern: JSON.stringify(FILTER), Status: 'ENABLE', Description: 'Releases that need a backup' };
  const target = {
    Id: TARGET,
    Type: 'acs.fc.function',
    Endpoint: functionArn,
    // For a day, with growing pauses: the same event twice is one release to the gate.
    PushRetryStrategy: 'EXPONENTIAL_DECAY_RETRY',
    ParamList: [
      { ResourceKey: 'functionName', Form: 'CONSTANT', Value: functionName },
      { ResourceKey: 'Qualifier', Form: 'CONSTANT', Value: 'LATEST' },
      { ResourceKey: 'Body', Form: 'ORIGINAL' },
    ],
  };
  return {
    bus: { EventBusName: bus, Description: 'Releases, for the pre-release gate' },
    rule,
    targets: { EventBusName: bus, RuleName: RULE, Targets: JSON.stringify([target]) },
  };
}

function makeCall({ endpoint, region }, env) {
  const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(endpoint.hostname);
  if (endpoint.protocol !== 'https:' && !isLoopback) throw new Error('KEEPER_EVENTBRIDGE_ENDPOINT is no https address');
  const protocol = endpoint.protocol === 'https:' ? 'HTTPS' : 'HTTP';
  const client = new openApi.default(
    new openApi.$OpenApiUtil.Config({
      accessKeyId: required(env, 'ALIBABA_CLOUD_ACCESS_KEY_ID', 'an access key that may manage the bus'),
      accessKeySecret: required(env, 'ALIBABA_CLOUD_ACCESS_KEY_SECRET', 'its secret'),
      securityToken: env['ALIBABA_CLOUD_SECURITY_TOKEN'],
      endpoint: endpoint.host,
      regionId: region,
      protocol,
      readTimeout: TIMEOUT_MS,
      connectTimeout: TIMEOUT_MS,
    }),
  );
  return async (action, query) => {
    const params = new openApi.$OpenApiUtil.Params({
      action,
      version: API_VERSION,
      protocol,
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const request = new openApi.$OpenApiUtil.OpenApiRequest({ query: openApi.OpenApiUtil.query(query) });
    const { body } = await client.callApi(params, request, new dara.RuntimeOptions({}));
    // The service tells some refusals by a code in an answer of status 200.
    if (body?.Code !== undefined && body.Code !== 'Success') throw new Error(`${action} was refused: ${body.Code}: ${body.Message ?? ''}`);
    return body?.Data ?? {};
  };
}

async function apply(wish, call) {
  const { EventBuses: buses = [] } = await call('ListEventBuses', { NamePrefix: wish.bus.EventBusName });
  const hasBus = buses.some(({ EventBusName: name }) => name === wish.bus.EventBusName);
  if (!hasBus) await call('CreateEventBus', wish.bus);
  const { Rules: rules = [] } = await call('ListRules', { EventBusName: wish.bus.EventBusName, RuleNamePrefix: RULE });
  const hasRule = rules.some(({ RuleName: name }) => name === RULE);
  await call(hasRule ? 'UpdateRule' : 'CreateRule', wish.rule);
  await call('PutTargets', wish.targets);
  return { bus: hasBus ? 'there' : 'created', rule: hasRule ? 'updated' : 'created', target: 'put' };
}

function print(value) {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

try {
  const settings = readSettings(process.env);
  const wish = wishes(settings);
  if (process.argv.includes('--apply')) print(await apply(wish, makeCall(settings, process.env)));
  else print({ dryRun: true, endpoint: settings.endpoint.href, CreateEventBus: wish.bus, CreateRule: wish.rule, PutTargets: wish.targets });
} catch (error) {
  process.stderr.write(`error: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
