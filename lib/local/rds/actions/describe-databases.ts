// DescribeDatabases: the databases of an instance.
import { text } from '../../rpc/parameters';
import { refusal } from '../errors';
import { pageOf } from '../formats';
import { INSTANCE_ID, type RdsAction, requireInstance } from '../lookups';

const DEFAULT_PAGE_SIZE = 30;

export const describeDatabases: RdsAction = {
  name: 'DescribeDatabases',
  group: 'general',
  writes: false,
  parameters: {
    DBInstanceId: INSTANCE_ID,
    DBStatus: { type: 'string', values: ['Creating', 'Running', 'Deleting', 'Cold'] },
    PageNumber: { type: 'int', min: 0 },
    PageSize: { type: 'int', min: 0 },
  },
  run: (call, world) => {
    const { spec } = requireInstance(call, world, () => refusal('DescribeDatabases', 'InvalidDBInstanceId.NotFound'));
    if (spec.status !== 'Running') throw refusal('DescribeDatabases', 'InvalidDBInstanceStatus.NotSupport');
    const name = text(call.parameters, 'DBName');
    const status = text(call.parameters, 'DBStatus');
    const found = spec.databases.filter((database) => (name === undefined || database.name === name) && (status === undefined || database.status === status));
    const page = pageOf(found, call.parameters, DEFAULT_PAGE_SIZE);
    // For SQL Server the page is told inside every item, for the others not at all.
    const quirk = spec.engine === 'SQLServer' ? { PageNumber: page.pageNumber, PageSize: page.pageSize, TotalCount: page.total } : {};
    const items = page.items.map((database) => ({
      DBName: database.name,
      DBStatus: database.status,
      DBInstanceId: spec.id,
      DBDescription: '',
      Engine: spec.engine,
      CharacterSetName: spec.engine === 'SQLServer' ? 'Chinese_PRC_CI_AS' : 'utf8mb4',
      Accounts: { AccountPrivilegeInfo: [] },
      ...quirk,
    }));
    return { body: { Databases: { Database: items } } };
  },
};
