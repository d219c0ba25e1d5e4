// The built bundles, for tests that run them as processes of their own. `npm test` builds them first; a lone test file builds what is missing.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

export const BUNDLES = {
  keeper: join(ROOT, 'dist/cli/keeper.js'),
  clockShim: join(ROOT, 'dist/local/clock-shim.js'),
  fcBootstrap: join(ROOT, 'dist/local/fc-bootstrap.js'),
  extraBackup: join(ROOT, 'dist/functions/extra-backup.js'),
  extendExpiry: join(ROOT, 'dist/functions/extend-expiry.js'),
  reconcile: join(ROOT, 'dist/functions/reconcile.js'),
  retentionHygiene: join(ROOT, 'dist/functions/retention-hygiene.js'),
  verifyCrossRegion: join(ROOT, 'dist/functions/verify-cross-region.js'),
} as const;

/** The path of a bundle that is there. */
export function builtBundle(name: keyof typeof BUNDLES): string {
  const path = BUNDLES[name];
  if (!existsSync(path)) execFileSync(process.execPath, [join(ROOT, 'scripts/build.mjs')], { stdio: 'inherit' });
  return path;
}
