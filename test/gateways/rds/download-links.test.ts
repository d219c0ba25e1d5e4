import { AmbiguousError, type CloudError } from '../../../lib/domain/cloud-errors';
import { failureOf } from './rig';
import { ok, useStub } from './stub';

const LINK = 'http://rdsbak.oss-cn-hangzhou.aliyuncs.com/custins1/hins2.tar.gz?OSSAccessKeyId=abcd1234&Expires=1&Signature=vjlPs3cr3t';
const WIRE = {
  BackupId: '321020562',
  BackupStartTime: '2026-11-20T17:00:00Z',
  BackupDownloadURL: LINK,
  BackupIntranetDownloadURL: `${LINK}&net=internal`,
};

const stub = useStub();

test.each([
  { name: 'of the whole set', wire: {}, links: [{ database: undefined, internet: LINK, intranet: `${LINK}&net=internal` }] },
  { name: 'inside the cloud only', wire: { BackupDownloadURL: null }, links: [{ database: undefined, internet: undefined, intranet: `${LINK}&net=internal` }] },
  {
    name: 'of single databases',
    wire: {
      BackupDownloadURL: '',
      BackupIntranetDownloadURL: '',
      BackupDownloadLinkByDB: {
        BackupDownloadLinkByDB: [
          { DataBase: 'ledger', DownloadLink: `${LINK}&db=1`, IntranetDownloadLink: '' },
          { DataBase: 'empty', DownloadLink: '' },
        ],
      },
    },
    links: [{ database: 'ledger', internet: `${LINK}&db=1`, intranet: undefined }],
  },
  { name: 'of a snapshot, which has none', wire: { BackupDownloadURL: 'null', BackupIntranetDownloadURL: null }, links: [] },
])('links are read: $name', async ({ wire, links }) => {
  const gateway = await stub.answering(() => ok({ TotalRecordCount: '1', Items: { Backup: [{ ...WIRE, ...wire }] } }));

  expect(await gateway.listDownloadLinks('rm-1', '321020562')).toEqual(links);
  expect(stub.calls()[0]?.query).toMatchObject({ DBInstanceId: 'rm-1', BackupId: '321020562' });
});

test('of a set that is not listed there are none, and that is an error', async () => {
  const gateway = await stub.answering(() => ok({ TotalRecordCount: '0', Items: { Backup: [] } }));

  await expect(failureOf(gateway.listDownloadLinks('rm-1', '321020562'))).resolves.toMatchObject({ reason: 'set-not-found', operation: 'DescribeBackups' });
});

describe('an error', () => {
  const everythingIn = (error: CloudError): string => {
    const { cause } = error;
    const texts = [error.message, error.stack, error.hint, JSON.stringify(error, Object.getOwnPropertyNames(error))];
    if (typeof cause === 'object' && cause !== null) texts.push(JSON.stringify(cause, Object.getOwnPropertyNames(cause)));
    return texts.join('\n');
  };

  test.each([
    { name: 'an answer of another shape', body: { RequestId: 'REQ-1', Items: { Backup: [{ ...WIRE, Engine: { of: LINK } }] } } },
    { name: 'an answer that claims an error', body: { RequestId: 'REQ-1', Code: 'Whatever', Message: `see ${LINK}`, Items: { Backup: [WIRE] } } },
    { name: 'an answer that is no JSON', body: `[vjlPs3cr3t]${LINK}` },
    { name: 'an answer with a broken text in it', body: `{"RequestId":"REQ-1","BackupDownloadURL":vjlPs3cr3t"${LINK}"}` },
    { name: 'half an answer', body: JSON.stringify({ RequestId: 'REQ-1', Items: { Backup: [WIRE] } }).slice(0, -20) },
  ])('about $name holds no part of a link', async ({ body }) => {
    const gateway = await stub.answering(() => ({ body }));

    const error = await failureOf(gateway.listDownloadLinks('rm-1', '321020562'));

    expect(everythingIn(error)).not.toMatch(/s3cr3t|abcd1234/);
  });

  test('about an answer that is no JSON still says so', async () => {
    const gateway = await stub.answering(() => ({ body: '<html>' }));

    const error = await failureOf(gateway.listDownloadLinks('rm-1', '321020562'));

    expect(error).toBeInstanceOf(AmbiguousError);
    expect(error.message).toBe('DescribeBackups for rm-1 failed: the answer cannot be read (it is no JSON)');
  });
});
