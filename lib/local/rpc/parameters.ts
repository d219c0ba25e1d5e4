// Checks parameters against an action's table, and reads them.
import { invalidParameter, missingParameter } from './errors';
import type { ParameterRule, Parameters, ParameterTable } from './types';

const INT32 = { min: -2_147_483_648, max: 2_147_483_647 };

/** The first of them throws: `Missing<Name>` 400 for an absent required one, `Invalid<Name>` 400 (or the table's own error) for a bad value. */
export function checkParameters(parameters: Parameters, table: ParameterTable): void {
  for (const [name, rule] of Object.entries(table)) {
    if (rule.type === 'list' || rule.type === 'struct-list') continue;
    const value = parameters[name];
    if (value === undefined || value === '') {
      if (rule.required === true) throw missingParameter(name);
      continue;
    }
    if (!isValid(value, rule)) throw rule.invalid?.() ?? invalidParameter(name);
  }
}

function isValid(value: string, rule: ParameterRule): boolean {
  if (rule.values !== undefined && !rule.values.includes(value)) return false;
  if (rule.pattern !== undefined && !rule.pattern.test(value)) return false;
  if (rule.type === 'boolean') return /^(true|false)$/i.test(value);
  if (rule.type !== 'int' && rule.type !== 'long') return true;
  if (!/^-?\d{1,19}$/.test(value)) return false;
  const range = rule.type === 'int' ? INT32 : { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
  const number = Number(value);
  return number >= (rule.min ?? range.min) && number <= (rule.max ?? range.max);
}

/** A text parameter; an empty one counts as absent, as on the real gateway. */
export function text(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name];
  return value === undefined || value === '' ? undefined : value;
}

/** A parameter that the table has declared required. */
export function requiredText(parameters: Parameters, name: string): string {
  const value = text(parameters, name);
  if (value === undefined) throw missingParameter(name);
  return value;
}

export function integer(parameters: Parameters, name: string): number | undefined {
  const value = text(parameters, name);
  return value === undefined ? undefined : Number(value);
}

/** `Name.1`, `Name.2`, … in the order of their numbers. */
export function list(parameters: Parameters, name: string): readonly string[] {
  return numbered(parameters, new RegExp(`^${name}\\.(\\d+)$`)).map((entry) => entry.value);
}

/** `Name.1.Key`, `Name.1.Value`, … as one record per number. */
export function structList(parameters: Parameters, name: string): readonly Readonly<Record<string, string>>[] {
  const records = new Map<number, Record<string, string>>();
  for (const { number, member, value } of numbered(parameters, new RegExp(`^${name}\\.(\\d+)\\.(\\w+)$`))) {
    const record = records.get(number) ?? {};
    record[member] = value;
    records.set(number, record);
  }
  return [...records.values()];
}

function numbered(parameters: Parameters, pattern: RegExp): readonly { number: number; member: string; value: string }[] {
  const entries = Object.entries(parameters).flatMap(([key, value]) => {
    const match = pattern.exec(key);
    return match === null ? [] : [{ number: Number(match[1]), member: match[2] ?? '', value }];
  });
  return entries.sort((a, b) => a.number - b.number);
}
