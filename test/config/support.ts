// Loads the sections of keeper.yaml that tests are about, behind what every policy needs.
import { formatCompiledPolicy, readCompiledPolicy } from '../../lib/config/compiled';
import { loadPolicyText } from '../../lib/config/load';
import type { CompiledPolicy } from '../../lib/domain/protection-policy';

/** Two lines: what a test writes begins on the third. */
const HEAD = 'accounts: [{ name: main }]\nregions: [cn-hangzhou]\n';

export function load(text: string, head = HEAD): CompiledPolicy {
  return loadPolicyText(head + text, 'keeper.yaml').policy;
}

/** The message of the mistake that the text is. */
export function mistakeIn(text: string, head = HEAD): string {
  try {
    load(text, head);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('it is no mistake');
}

/** As a function reads it. */
export function throughJson(policy: CompiledPolicy): CompiledPolicy {
  return readCompiledPolicy(formatCompiledPolicy(policy), 'keeper.json');
}
