// Where the parts of the installation lie. The source folder and the bundle are equally deep, so that one answer serves both.
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** The built files that run as processes of their own beside the local cloud. */
export const BUILT = {
  keeper: join(ROOT, 'dist/cli/keeper.js'),
  clockShim: join(ROOT, 'dist/local/clock-shim.js'),
  fcBootstrap: join(ROOT, 'dist/local/fc-bootstrap.js'),
} as const;

/** The protection policy of the rehearsal on the sample fleet. */
export const REHEARSAL_POLICY = join(ROOT, 'examples/rehearsal.yaml');

/** The manifest of the deployed functions. */
export const MANIFEST = join(ROOT, 's.yaml');

/** The RAM policies of the roles that the manifest names, each as `<role without keeper->.json`. */
export const ROLE_POLICIES = {
  'keeper-observe-and-create': join(ROOT, 'docs/ram/observe-and-create.json'),
  'keeper-purge-capable': join(ROOT, 'docs/ram/purge-capable.json'),
} as const;
