// Checks the environment variables that s.yaml takes, before anything is built or uploaded: a deployment that cannot work does not start.

/** Variables without a usable default, and what they are. */
const REQUIRED = {
  KEEPER_TABLESTORE_ENDPOINT: "the endpoint of the ledger's Tablestore instance: https://<instance>.<region>.ots.aliyuncs.com",
  KEEPER_TABLESTORE_INSTANCE: "the name of the ledger's Tablestore instance",
  KEEPER_FAILURE_DESTINATION: 'the queue for events that failed for good: acs:mns:<region>:<account id>:/queues/<prefix>-failures/messages',
};

const ENDPOINTS = ['KEEPER_TABLESTORE_ENDPOINT', 'KEEPER_RDS_ENDPOINT', 'KEEPER_STS_ENDPOINT', 'KEEPER_FC_ENDPOINT', 'KEEPER_AWS_ENDPOINT_URL_SECRETS_MANAGER'];

/** No topic: the roles of docs/ram may send to queues only. */
const QUEUE = /^acs:mns:[a-z0-9-]+:\d{16}:\/queues\/[A-Za-z][A-Za-z0-9-]{0,119}\/messages$/;
/** Function names have 64 characters, and the longest of ours has 19. */
const PREFIX = /^[A-Za-z_][A-Za-z0-9_-]{0,43}$/;

function given(name) {
  return (process.env[name] ?? '').trim();
}

function isHttps(text) {
  return URL.canParse(text) && new URL(text).protocol === 'https:';
}

function problems() {
  const found = [];
  for (const [name, meaning] of Object.entries(REQUIRED)) if (given(name) === '') found.push(`${name} is not set: it is ${meaning}`);
  for (const name of ENDPOINTS) {
    if (given(name) !== '' && !isHttps(given(name))) found.push(`${name} is no https address: it may be left over from a local cloud. Unset or correct it`);
  }
  const destination = given('KEEPER_FAILURE_DESTINATION');
  if (destination !== '' && !QUEUE.test(destination)) found.push(`KEEPER_FAILURE_DESTINATION is not ${REQUIRED.KEEPER_FAILURE_DESTINATION}`);
  const prefix = given('KEEPER_FUNCTION_PREFIX');
  if (prefix !== '' && !PREFIX.test(prefix))
    found.push('KEEPER_FUNCTION_PREFIX cannot begin the name of a function: use at most 44 letters, digits, - and _, and a letter first');
  if ((given('KEEPER_AWS_ACCESS_KEY_ID') === '') !== (given('KEEPER_AWS_SECRET_ACCESS_KEY') === ''))
    found.push('only one of KEEPER_AWS_ACCESS_KEY_ID and KEEPER_AWS_SECRET_ACCESS_KEY is set: set both, or neither');
  return found;
}

const found = problems();
for (const problem of found) process.stderr.write(`error: ${problem}\n`);
if (found.length > 0) {
  process.stderr.write('hint: docs/deploy.md lists every variable; nothing was deployed\n');
  process.exitCode = 1;
}
