// Reads the links to the files of a backup set (RDS API, DescribeBackups). They give full access to the data: nothing here logs them or puts them into an error.
import { RefusedError } from '../../domain/cloud-errors';
import type { DownloadLink } from '../../domain/ports';
import { findWireBackup } from './backups';
import type { RdsTransport } from './transport';

/** Of the whole set first, then by database. Empty where the service gives none, as of snapshots. Throws a RefusedError `set-not-found` for a set that is not listed. */
export async function listDownloadLinks(transport: RdsTransport, instanceId: string, backupId: string): Promise<readonly DownloadLink[]> {
  const wire = await findWireBackup(transport, instanceId, backupId);
  if (wire === undefined) {
    const target = `${instanceId}, backup set ${backupId}`;
    throw new RefusedError('set-not-found', `DescribeBackups for ${target}: the service does not list the set`, {
      operation: 'DescribeBackups',
      target,
      hint: 'check the ids; a new set may be listed a minute late',
    });
  }
  const links: DownloadLink[] = [
    { database: undefined, internet: linkOf(wire.backupDownloadURL), intranet: linkOf(wire.backupIntranetDownloadURL) },
    ...(wire.backupDownloadLinkByDB?.backupDownloadLinkByDB ?? []).map((link) => ({
      database: link.dataBase || undefined,
      internet: linkOf(link.downloadLink),
      intranet: linkOf(link.intranetDownloadLink),
    })),
  ];
  return links.filter(({ internet, intranet }) => internet !== undefined || intranet !== undefined);
}

/** Some answers have an empty text or a word in place of a link. */
function linkOf(text: string | undefined): string | undefined {
  return text !== undefined && /^https?:\/\//i.test(text) ? text : undefined;
}
