import { redact } from '../../../lib/gateways/openapi/redact';

test.each([
  { name: 'a known secret', text: 'the key hunter2-secret is bad', expected: 'the key [removed] is bad' },
  { name: 'a known secret in its URL form', text: 'a%2Fb%2Bsecret is bad', expected: '[removed] is bad' },
  { name: 'a query', text: 'POST http://127.0.0.1:1/?A=1&B=2 failed.', expected: 'POST http://127.0.0.1:1/[removed] failed.' },
  { name: 'a signature', text: 'Signature=abcdef, next', expected: '[removed], next' },
  { name: 'a credential header', text: 'Credential=LTAI123456,SignedHeaders=host', expected: '[removed],SignedHeaders=host' },
  { name: 'an access key id anywhere', text: 'key LTAI5tExample1234 unknown', expected: 'key [removed] unknown' },
  { name: 'a temporary access key id', text: 'key STS.NUgYrLnoC37mZZCNnAbez unknown', expected: 'key [removed] unknown' },
  { name: 'line breaks', text: 'one\n  two\tthree', expected: 'one two three' },
  { name: 'words without secrets', text: 'The backup times exceeds.', expected: 'The backup times exceeds.' },
])('$name', ({ text, expected }) => {
  expect(redact(text, ['hunter2-secret', 'a/b+secret', 'x'])).toBe(expected);
});

test('a long text is cut', () => {
  expect(redact('x'.repeat(5_000), [])).toHaveLength(301);
});
