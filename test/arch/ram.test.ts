// The RAM documents hold exactly what the functions and the command line can ask for: declared by the gateways' methods, and no action more.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { evaluatePolicy } from '../../lib/local/ram';
import { RDS_ACTIONS } from '../../lib/local/rds/service';
import { actionsOfPeople, actionsOfRole, DELIVERY_ACTION, ROLE_FUNCTIONS, type RoleName } from './ram/needs';
import { ROOT, resolveSpec, S_YAML } from './s-yaml/resolve';
import { SERVERLESS, type Serverless } from './s-yaml/schema';

const DOCUMENT = z.strictObject({
  Version: z.literal('1'),
  Statement: z
    .array(
      z.strictObject({
        Effect: z.literal('Allow'),
        Action: z.array(z.string().regex(/^(rds|ots|fc|sts|mns):[A-Z]\w+$/)).nonempty(),
        Resource: z.string().regex(/^(\*|acs:[a-z]+:\*?:\*:\S+)$/),
      }),
    )
    .nonempty(),
});
type Document = z.infer<typeof DOCUMENT>;

function read(name: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, 'docs/ram', `${name}.json`), 'utf8'));
}

const documents = new Map(['observe-and-create', 'purge-capable', 'operator'].map((name) => [name, DOCUMENT.parse(read(name))]));

function documentOf(name: string): Document {
  const document = documents.get(name);
  if (document === undefined) throw new Error(`there is no document ${name}`);
  return document;
}

const UNSCOPED = new Set(RDS_ACTIONS.filter(({ isUnscoped }) => isUnscoped === true).map(({ name }) => `rds:${name}`));

/** A resource that the action is really asked for. */
function resourceOf(action: string): string {
  if (UNSCOPED.has(action)) return '*';
  if (action.startsWith('rds:')) return 'acs:rds:cn-hangzhou:1111222233334444:dbinstance/rm-one';
  if (action === 'ots:ListTable') return 'acs:ots:cn-hangzhou:1111222233334444:instance/keeper-ledger/table/*';
  if (action.startsWith('ots:')) return 'acs:ots:cn-hangzhou:1111222233334444:instance/keeper-ledger/table/keeper_runs';
  if (action.startsWith('fc:')) return 'acs:fc:cn-hangzhou:1111222233334444:functions/keeper-extra-backup';
  return action.startsWith('sts:')
    ? 'acs:ram::1111222233334444:role/rds-backup-keeper'
    : 'acs:mns:cn-hangzhou:1111222233334444:/queues/keeper-failures/messages';
}

/** One that is nobody's to touch, where the API knows resources. */
function foreignOf(action: string): string | undefined {
  if (action.startsWith('rds:')) return UNSCOPED.has(action) ? undefined : '*';
  return resourceOf(action)
    .replace(/(rds-backup-)?keeper([-_][\w-]+)?(\/messages)?$/, 'other$3')
    .replace('keeper-ledger/table/*', 'other/table/*');
}

/** Read off the source: what needs an action more has a test more. */
const NEEDS = [
  ...actionsOfRole('observe-and-create').map((action) => ({ name: 'observe-and-create', action })),
  ...actionsOfRole('purge-capable').map((action) => ({ name: 'purge-capable', action })),
  ...actionsOfPeople().map((action) => ({ name: 'operator', action })),
];

test.each(NEEDS)('the document $name allows $action where it is asked for, and nowhere else', ({ name, action }) => {
  const document = documentOf(name);
  const foreign = foreignOf(action);

  expect(evaluatePolicy(document, action, resourceOf(action))).toBe('allowed');
  if (foreign !== undefined) expect(evaluatePolicy(document, action, foreign)).toBe('implicit-deny');
});

test.each([...documents])('%s.json holds no action that nothing asks for, and none twice', (name, { Statement }) => {
  const held = Statement.flatMap(({ Action }) => Action);

  expect(held.sort()).toEqual(NEEDS.filter((need) => need.name === name).map(({ action }) => action));
});

test('only the purge-capable role and people can delete or change settings', () => {
  const destructive = /^rds:(Delete|ModifyBackupPolicy|ModifyInstanceCrossBackupPolicy)/;

  expect(actionsOfRole('observe-and-create').filter((action) => destructive.test(action))).toEqual([]);
  expect(actionsOfRole('purge-capable').filter((action) => destructive.test(action))).toHaveLength(4);
  expect(actionsOfRole('purge-capable')).not.toContain('rds:CreateBackup');
});

test('people at the command line have no need to deliver failures', () => {
  expect(actionsOfPeople()).not.toContain(DELIVERY_ACTION);
});

test('the trust policy lets Function Compute assume the roles, and nobody else', () => {
  expect(read('trust-fc')).toEqual({
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['fc.aliyuncs.com'] } }],
  });
});

describe('s.yaml', () => {
  function functionsWith(role: RoleName, { resources }: Serverless): readonly string[] {
    return Object.entries(resources).flatMap(([name, { props }]) => (props.role === `keeper-${role}` ? [name] : []));
  }

  test('gives each function the role that holds its actions', async () => {
    const asDefault = SERVERLESS.parse(await resolveSpec(S_YAML));
    const withEnforce = SERVERLESS.parse(await resolveSpec(S_YAML, { KEEPER_VERIFY_ROLE: 'keeper-purge-capable' }));

    expect(functionsWith('observe-and-create', asDefault).toSorted()).toEqual([...ROLE_FUNCTIONS['observe-and-create']].sort());
    expect(functionsWith('purge-capable', withEnforce).toSorted()).toEqual([...ROLE_FUNCTIONS['purge-capable']].sort());
  });

  test('sends failures to a queue, which is what the roles allow', async () => {
    const { resources } = SERVERLESS.parse(await resolveSpec(S_YAML));
    const destinations = Object.values(resources).map(({ props }) => props.asyncInvokeConfig.destinationConfig.onFailure.destination);

    expect(destinations.filter((destination) => evaluatePolicy(documentOf('purge-capable'), DELIVERY_ACTION, destination) !== 'allowed')).toEqual([]);
  });
});
