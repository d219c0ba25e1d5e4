import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { parse } from 'yaml';
import { formatJsonSchema, keeperJsonSchema } from '../../lib/config/json-schema';
import { loadPolicyText } from '../../lib/config/load';
import { checkPolicyFeasibility } from '../../lib/policy/policy-check';

const ROOT = join(__dirname, '..', '..');
const EXAMPLE = readFileSync(join(ROOT, 'examples', 'keeper.yaml'), 'utf8');

const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(keeperJsonSchema());

describe('the JSON Schema of keeper.yaml', () => {
  it('is the one in docs (UPDATE_GOLDEN=1 writes it anew)', () => {
    const file = join(ROOT, 'docs', 'keeper.schema.json');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, formatJsonSchema());

    expect(readFileSync(file, 'utf8')).toBe(formatJsonSchema());
  });

  it('accepts the example', () => {
    validate(parse(EXAMPLE));

    expect(validate.errors).toBeNull();
  });

  test.each([
    { name: 'an unknown key', yaml: 'regions: [cn-hangzhou]\nextraBackup: []' },
    { name: 'a bad duration', yaml: 'regions: [cn-hangzhou]\nlimits: { maxJob: 4 hours }' },
    { name: 'a literal where a list belongs', yaml: 'regions: cn-hangzhou' },
    { name: 'retainDays out of range', yaml: "extraBackups: [{ name: a, schedule: '0 2 * * *', retainDays: 5 }]" },
    { name: 'a rule without a schedule', yaml: 'extraBackups: [{ name: a }]' },
    { name: 'an expiry rule without databases', yaml: 'expiry: [{ name: a, extendWhenLeft: 2d, keepFor: 30d }]' },
    { name: 'too short a data retention', yaml: 'settings: { dataRetention: 5 }' },
    { name: 'a wish in words', yaml: 'settings: { logRetention: { min: a week } }' },
    { name: 'an interval that the service does not have', yaml: 'settings: { snapshotInterval: 45 }' },
    { name: 'half a set', yaml: 'retention: { keep: { daily: 0.5 } }' },
    { name: 'an unknown key in a patch', yaml: 'overrides: { rm-1: { retention: { keeps: {} } } }' },
  ])('refuses $name', ({ yaml }) => {
    expect(validate(parse(yaml))).toBe(false);
  });
});

describe('the example', () => {
  it('compiles, and asks for nothing impossible', () => {
    const { policy } = loadPolicyText(EXAMPLE, 'keeper.yaml');

    expect(policy.extraBackups.map((rule) => rule.name)).toEqual(['every-six-hours', 'before-batch', 'ledger-databases', 'app-databases', 'frankfurt-evening']);
    expect(policy.expiry.map((rule) => rule.name)).toEqual(['books']);
    expect(policy.settings?.wanted).toMatchObject({ dataRetentionDays: { atLeast: 14, atMost: 90 }, logBackup: true, backupWindowLocalMinute: 120 });
    expect(policy.retention?.keep).toEqual({ last: 3, hourly: 0, daily: 7, weekly: 4, monthly: 12, yearly: 0 });
    expect(policy.rules[0]?.patch).toMatchObject({ settings: { mode: 'enforce' }, retention: { keep: { daily: 14, yearly: 3 }, floor: 3 } });
    expect(checkPolicyFeasibility(policy).filter((problem) => problem.severity === 'error')).toEqual([]);
  });
});
