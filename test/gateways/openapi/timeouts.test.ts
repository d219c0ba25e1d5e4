import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CredentialModel } from '@alicloud/credentials';
import { makeSdkCredential } from '../../../lib/gateways/credentials/sdk-credential';
import { makeOpenApiCall } from '../../../lib/gateways/openapi/client';
import { readFailure } from '../../../lib/gateways/openapi/failure';

const PIECES = ['{"Request', 'Id":', '"RE', 'Q-', '1"}'];

let close: () => Promise<void> = async () => undefined;

afterEach(() => close());

async function callAnsweredBy(answer: (response: ServerResponse) => void, timeoutMs: number): Promise<unknown> {
  const server = createServer((_message, response) => answer(response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const { port } = server.address() as AddressInfo; // a listening TCP server always has one
  const credential = makeSdkCredential(async () => new CredentialModel({ accessKeyId: 'id', accessKeySecret: 'secret', type: 'access_key' }));
  const call = makeOpenApiCall({ version: '2014-08-15', endpoint: { protocol: 'HTTP', host: `127.0.0.1:${port}` }, credential, timeoutMs });
  const { body } = await call('DescribeRegions', {});
  return body;
}

test('an answer that comes piece by piece must be whole in time', async () => {
  const dribble = (response: ServerResponse): void => {
    const pieces = [...PIECES];
    const timer = setInterval(() => {
      const piece = pieces.shift();
      if (piece === undefined) {
        clearInterval(timer);
        response.end();
      } else response.write(piece);
    }, 60);
  };

  const failure = await callAnsweredBy(dribble, 150).catch(readFailure);

  expect(failure).toEqual({ kind: 'broken', networkCode: 'ECONNRESET' }); // the SDK drops the connection
});

test('a service may think for longer than the three seconds that the SDK gives an idle socket', async () => {
  const think = (response: ServerResponse): void => {
    setTimeout(() => response.end(PIECES.join('')), 3_100);
  };

  await expect(callAnsweredBy(think, 20_000)).resolves.toEqual({ RequestId: 'REQ-1' });
});
