// The grammar of references to secrets.
import { parseSecretReference } from '../../lib/domain/secret-reference';

const ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:prod/rds-a1B2c3';

test.each([
  { text: 'env://RDS_KEY', reference: { store: 'env', name: 'RDS_KEY' } },
  { text: 'file:///run/secrets/rds', reference: { store: 'file', url: 'file:///run/secrets/rds' } },
  { text: 'secret://aws/prod', reference: { store: 'aws', id: 'prod', key: undefined } },
  { text: 'secret://aws/prod/rds/keeper#accessKeyId', reference: { store: 'aws', id: 'prod/rds/keeper', key: 'accessKeyId' } },
  { text: 'secret://aws/a_b+c=d.e@f-g#a.b-c_d/e@f', reference: { store: 'aws', id: 'a_b+c=d.e@f-g', key: 'a.b-c_d/e@f' } },
  { text: `secret://aws/${ARN}`, reference: { store: 'aws', id: ARN, key: undefined } },
  { text: `secret://aws/${ARN.replace('aws:', 'aws-cn:')}#id`, reference: { store: 'aws', id: ARN.replace('aws:', 'aws-cn:'), key: 'id' } },
])('$text is a reference', ({ text, reference }) => {
  expect(parseSecretReference(text)).toEqual(reference);
});

test.each([
  { text: 'env://', says: 'environment variable' },
  { text: 'env://1KEY', says: 'environment variable' },
  { text: 'env://KEY#x', says: 'environment variable' },
  { text: 'file://host/path', says: 'absolute path' },
  { text: 'file:///', says: 'absolute path' },
  { text: 'file:///path?x', says: 'absolute path' },
  { text: 'secret://', says: 'a store that this version knows' },
  { text: 'secret://aws', says: 'a store that this version knows' },
  { text: 'secret://gcp/x', says: 'a store that this version knows' },
  { text: 'secret://aws/', says: 'must name a secret' },
  { text: 'secret://aws/a b', says: 'must name a secret' },
  { text: `secret://aws/${'x'.repeat(513)}`, says: 'must name a secret' },
  { text: 'secret://aws/arn:aws:s3:::bucket', says: 'must name a secret' },
  { text: 'secret://aws/arn:aws:secretsmanager:eu-central-1:12:secret:x', says: 'must name a secret' },
  { text: 'secret://aws/x#', says: 'one field' },
  { text: 'secret://aws/x#a#b', says: 'one field' },
  { text: 'secret://aws/x#a b', says: 'one field' },
  { text: 'LTAI5tFakeFakeFake', says: 'never the secret itself' },
  { text: '', says: 'never the secret itself' },
])('"$text" is none', ({ text, says }) => {
  const parsed = parseSecretReference(text);

  expect(parsed).toEqual({ problem: expect.stringContaining(says) });
  expect(JSON.stringify(parsed)).not.toContain('FakeFake');
});
