// Signed requests as bare HTTP, for what the official SDK would never send.
import { createHash, createHmac } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type Harness, INSTANCE, KEY_ID, KEY_SECRET } from './harness';

export interface RawRequest {
  readonly path: string;
  readonly body: Uint8Array;
  readonly method?: string;
  /** Headers changed before the request is signed; undefined leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** What happens to it on the way: headers and body changed after it was signed. */
  readonly tamper?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: Uint8Array };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export async function sendRaw(tablestore: Harness, raw: RawRequest): Promise<RawAnswer> {
  const plain: Record<string, string | undefined> = {
    'x-ots-accesskeyid': KEY_ID,
    'x-ots-apiversion': '2015-12-31',
    'x-ots-contentmd5': createHash('md5').update(raw.body).digest('base64'),
    'x-ots-date': new Date(tablestore.clock.now()).toISOString(),
    'x-ots-instancename': INSTANCE,
    ...raw.headers,
  };
  const present = Object.entries(plain).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const text = present.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}:${value}\n`);
  const signature = createHmac('sha1', KEY_SECRET)
    .update(`${raw.path}\nPOST\n\n${text.join('')}`)
    .digest('base64');
  const headers = { ...Object.fromEntries(present), 'x-ots-signature': signature, ...raw.tamper?.headers };
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${tablestore.endpoint}${raw.path}`, { method: raw.method ?? 'POST', headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }));
    });
    request.on('error', reject);
    request.end(raw.tamper?.body ?? raw.body);
  });
}
