// The form of keeper.yaml's `crossRegion` section, and of a patch of it: what must be true of the copies in the other region, in friendly units.
import * as z from 'zod';
import { daysWish, duration, flag, onOff, region, strict, wholeNumber } from './schema-parts';

const PROBE_WORDS = 'must be a duration such as 24h, or never';
/** 31 days, as far as one look goes back. */
const MOST_MINUTES = 44_640;

/** Section and patch alike: nothing must stand in it, as copies are required unless told. */
export const crossRegion = strict({
  mode: z
    .enum(['audit', 'enforce'])
    .optional()
    .describe("audit reports what is not so, enforce sets the instances' cross-region settings too; audit unless told."),
  required: flag.optional().describe('false: an instance need not have copies, and those it has are verified; true unless told.'),
  destination: region.optional().describe("The region of the copies, never the instance's own; any unless told."),
  retention: daysWish(7, 1825).optional().describe('Days that copies are kept, exactly or from min to max.'),
  logs: onOff.optional().describe('Whether logs are copied, too; left alone unless told.'),
  maxLagMinutes: wholeNumber(1, MOST_MINUTES).optional().describe('A copy that comes later than this after the end of its backup is late; 180 unless told.'),
  rpoMinutes: wholeNumber(1, MOST_MINUTES).optional().describe('How old the newest restorable moment in the other region may be; not looked at unless told.'),
  probeEvery: z
    .union([z.literal('never'), duration('1h', '31d', PROBE_WORDS)], { error: PROBE_WORDS })
    .optional()
    .describe('The service is asked at most this often whether the newest copy can be restored, or never; 24h unless told.'),
  lookBack: duration('1d', '31d').optional().describe('How far back copies and logs are verified; 7d unless told.'),
  allowCost: flag
    .optional()
    .describe('Lets enforce switch copies and log copies on and change the destination, which costs storage and traffic; false unless told.'),
  allowDestructive: flag.optional().describe('Lets enforce shorten the retention of copies; false unless told.'),
});
export type UserCrossRegion = z.infer<typeof crossRegion>;
