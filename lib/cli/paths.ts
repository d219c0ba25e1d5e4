// Where the parts of the installation lie. The source folder and the bundle are equally deep, so that one answer serves both.
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** The built files that the rehearsal runs as processes of their own. */
export const BUILT = {
  keeper: join(ROOT, 'dist/cli/keeper.js'),
  clockShim: join(ROOT, 'dist/local/clock-shim.js'),
  functionBundle: (name: string): string => join(ROOT, 'dist/functions', `${name}.js`),
} as const;

/** The protection policy of the rehearsal on the sample fleet. */
export const REHEARSAL_POLICY = join(ROOT, 'examples/rehearsal.yaml');
