// Opens servers on the loopback and nowhere else.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KeeperError } from '../base/errors';

export const LOOPBACK = '127.0.0.1';

/** Where to listen. Port 0 or none: any free port. */
export interface ListenOptions {
  readonly host?: string;
  readonly port?: number;
}

/**
 * Listens and returns the port. Throws a KeeperError `local-not-loopback` for any other host: the local cloud's credentials are no
 * secrets, so it must not be reachable from outside; `local-port` when the port cannot be had.
 */
export async function listenOnLoopback(server: Server, options: ListenOptions = {}): Promise<number> {
  const { host = LOOPBACK, port = 0 } = options;
  if (host !== LOOPBACK) {
    throw new KeeperError(`the local cloud listens on ${LOOPBACK} only, not on ${host}`, { code: 'local-not-loopback', hint: 'leave the host out' });
  }
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: Error): void =>
      reject(new KeeperError(`cannot listen on ${host}:${port}`, { code: 'local-port', hint: 'choose another port, or 0 for any free one', cause }));
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  return (server.address() as AddressInfo).port; // a listening TCP server always has one; the type also covers pipes
}

/** Stops listening and drops every connection, stalled ones too. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
