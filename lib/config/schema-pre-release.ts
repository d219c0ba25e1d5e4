// The form of keeper.yaml's `preRelease` section: what a release gets that does not say otherwise, in friendly units.
import type * as z from 'zod';
import { duration, strict, wholeNumber } from './schema-parts';

/** As many as one request can name. */
const MOST_INSTANCES = 1000;

export const preRelease = strict({
  freshFor: duration('1m', '31d').optional().describe('A backup that started at most this long before the request will do; 1h unless told.'),
  deadline: duration('5m', '7d').optional().describe('What has not passed this long after the request has failed; 2h unless told.'),
  holdFor: duration('1h', '3650d').optional().describe('How long the backup sets of a release are held, from the moment it passes; 7d unless told.'),
  maxInstances: wholeNumber(1, MOST_INSTANCES).optional().describe('One release may ask for so many instances; 50 unless told.'),
});
export type UserPreRelease = z.infer<typeof preRelease>;
