// DescribeCrossBackupMetaList: the databases and tables in a copy, for restores of single ones.
import { requiredText, text } from '../../rpc/parameters';
import type { Parameters } from '../../rpc/types';
import { copyContents, type DatabaseContents } from '../../world/contents';
import { refusal } from '../errors';
import { findCopy, type RdsAction } from '../lookups';

const OPERATION = 'DescribeCrossBackupMetaList';

const NUMBER = /^[1-9]\d{0,8}$/;

export const describeCrossBackupMetaList: RdsAction = {
  name: OPERATION,
  group: 'cross-region',
  writes: false,
  isUnscoped: true,
  parameters: {
    BackupSetId: { type: 'string', required: true },
    PageIndex: { type: 'string', pattern: NUMBER, invalid: () => refusal(OPERATION, 'InvalidPageIndex') },
    PageSize: { type: 'string', pattern: NUMBER, invalid: () => refusal(OPERATION, 'InvalidPageSize') },
  },
  run: (call, world) => {
    const { parameters } = call;
    const found = findCopy(call, world, requiredText(parameters, 'BackupSetId'));
    if (found === undefined) throw refusal(OPERATION, 'InvalidBackupSetID.NotFound');
    if (found.copy.outcome === 'Failed') throw refusal(OPERATION, 'NoAvailableDisasterRestoreBakset');
    const contents = copyContents(found);
    if (contents.length === 0) throw refusal(OPERATION, 'InvalidMeta.Empty');
    const chosen = contents.filter(makeFilter(parameters));
    const { index, size } = pageOf(parameters);
    const items = chosen.slice((index - 1) * size, index * size);
    return {
      body: {
        DBInstanceName: found.instance.spec.id,
        Items: { Meta: items.map((database) => describe(database, parameters)) },
        PageNumber: index,
        PageRecordCount: items.length,
        TotalPageCount: Math.ceil(chosen.length / size),
        TotalRecordCount: chosen.length,
      },
    };
  },
};

/** The two count only together: with one alone, or neither, the page is the first, of one database. */
function pageOf(parameters: Parameters): { readonly index: number; readonly size: number } {
  const [index, size] = [text(parameters, 'PageIndex'), text(parameters, 'PageSize')];
  return index === undefined || size === undefined ? { index: 1, size: 1 } : { index: Number(index), size: Number(size) };
}

function makeFilter(parameters: Parameters): (database: DatabaseContents) => boolean {
  const [name, pattern] = [text(parameters, 'GetDbName'), text(parameters, 'Pattern')];
  return (database) => (name === undefined || database.name === name) && (pattern === undefined || database.name.includes(pattern));
}

/** With a pattern, names alone are told. */
function describe(database: DatabaseContents, parameters: Parameters): Readonly<Record<string, unknown>> {
  const isNameOnly = text(parameters, 'Pattern') !== undefined && text(parameters, 'GetDbName') === undefined;
  return { Database: database.name, Size: String(database.sizeKb), Tables: isNameOnly ? '' : database.tables.join(',') };
}
