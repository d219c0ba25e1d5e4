// What protects sets where the policy has no retention of its own: against deletion by hand, and against what a destructive change of settings would drop.
import { defaultRetention } from '../../config/section-defaults';

/** No rule: by itself it lets nothing go. */
export const PROTECTIONS_ONLY = defaultRetention('UTC');
