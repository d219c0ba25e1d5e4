// A gateway whose service answers with what a test says, and the calls that reached it.
import type { RdsGateway } from '../../../lib/domain/ports';
import { makeVirtualClock, type VirtualClock } from '../../support/virtual-clock';
import { type StubAnswer, type StubCall, type StubServer, startStubServer } from '../stub-server';
import { makeStubGateway } from './rig';

export interface Stub {
  /** The clock of the gateways that follow. */
  clock(): VirtualClock;
  /** A gateway to a service that answers so. */
  answering(answer: (call: StubCall, number: number) => StubAnswer): Promise<RdsGateway>;
  /** What has been asked, in order. */
  calls(): readonly { readonly action: string; readonly query: Readonly<Record<string, string>> }[];
}

/** To be called where tests are described: starts with each test, and stops after it. */
export function useStub(): Stub {
  let server: StubServer | undefined;
  let clock: VirtualClock;

  beforeEach(() => {
    clock = makeVirtualClock();
  });

  afterEach(async () => {
    await server?.close();
    server = undefined;
    jest.useRealTimers();
  });

  return {
    clock: () => clock,
    answering: async (answer) => {
      server = await startStubServer(answer);
      return makeStubGateway(server.endpoint, clock);
    },
    calls: () => server?.calls.map(({ action, query }) => ({ action, query })) ?? [],
  };
}

/** A success with these members. */
export function ok(members: object): StubAnswer {
  return { body: { RequestId: 'REQ-1', ...members } };
}

export function refused(code: string, status = 400): StubAnswer {
  return { status, body: { RequestId: 'REQ-1', Code: code, Message: `It is ${code}.` } };
}
