// Where an Alibaba Cloud OpenAPI service is reached, and the rule that keeps signed calls off plain http.
import { UsageError } from '../../base/errors';

export interface Endpoint {
  readonly protocol: 'HTTP' | 'HTTPS';
  /** Host and port, as the SDK wants them: without a scheme. */
  readonly host: string;
}

/**
 * Reads `https://host[:port]`, `http://127.0.0.1:port` or a bare host. Plain http is accepted for loopback hosts only.
 * Throws a UsageError that names the setting (`name`) the text came from.
 */
export function parseEndpoint(text: string, name: string): Endpoint {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text);
  const url = readUrl(hasScheme ? text : `https://${text}`);
  if (url === undefined || url.hostname === '') throw new UsageError(`${name} is not an endpoint: ${JSON.stringify(text)}`, EXAMPLES);
  if (url.username !== '' || url.password !== '') throw new UsageError(`${name} must not hold a user name or a password`, EXAMPLES);
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') throw new UsageError(`${name} must end after the host and port: ${url.origin}`, EXAMPLES);
  if (url.protocol === 'https:') return { protocol: 'HTTPS', host: url.host };
  if (url.protocol !== 'http:') throw new UsageError(`${name} must be https: ${url.origin}`, EXAMPLES);
  if (!isLoopback(url.hostname))
    throw new UsageError(`${name} uses plain http for ${url.host}, which is not this machine`, 'use https; plain http is accepted for loopback hosts only');
  return { protocol: 'HTTP', host: url.host };
}

const EXAMPLES = 'for example https://rds.aliyuncs.com, or http://127.0.0.1:18080 for a server on this machine';

function readUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
