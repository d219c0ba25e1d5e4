// Decides whether a RAM policy document allows an action on a resource.

/** One statement of a RAM policy. Action and resource know the wildcards `*` and `?`. */
export interface RamStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** A RAM policy document, in the shape of the service (version "1"). */
export interface RamPolicy {
  readonly Version: '1';
  readonly Statement: readonly RamStatement[];
}

/** Everything is allowed: the policy of the default user. */
export const ALLOW_ALL: RamPolicy = { Version: '1', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

export type RamVerdict = 'allowed' | 'explicit-deny' | 'implicit-deny';

function wildcardMatches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`, 'is').test(text);
}

function anyMatches(patterns: string | readonly string[], text: string): boolean {
  return (typeof patterns === 'string' ? [patterns] : patterns).some((pattern) => wildcardMatches(pattern, text));
}

/** A Deny anywhere wins; without an Allow the answer is no. Action names are matched without regard to case, as RAM does. */
export function evaluatePolicy(policy: RamPolicy, action: string, resource: string): RamVerdict {
  const hits = policy.Statement.filter((statement) => anyMatches(statement.Action, action) && anyMatches(statement.Resource, resource));
  if (hits.some((statement) => statement.Effect === 'Deny')) return 'explicit-deny';
  return hits.length > 0 ? 'allowed' : 'implicit-deny';
}
