// Sends RDS calls: within the rate, counted, repeated where that is safe, with every failure in our words.
import { cast, type Model } from '@darabonba/typescript';
import type { Clock } from '../../base/clock';
import { messageOf } from '../../base/errors';
import type { Instant } from '../../base/instant';
import type { Logger } from '../../base/logger';
import { AmbiguousError, type CloudError, RefusedError, ThrottledError, UnreachableError } from '../../domain/cloud-errors';
import type { CloudCredentials } from '../credentials/kinds';
import { withRenewal } from '../credentials/renewal';
import { makeOpenApiCall } from '../openapi/client';
import type { Endpoint } from '../openapi/endpoint';
import { failureInAnswer, textOf } from '../openapi/failure';
import { redact } from '../openapi/redact';
import { repeat } from '../openapi/repeat';
import { type CallContext, translateError, translateFailure } from '../openapi/translate';
import { ACTION_TRAITS, type RdsAction, ramActionOf } from './actions';
import type { RateBudgets } from './budgets';
import { refusalOf } from './errors';

const RDS_VERSION = '2014-08-15';

export interface RdsTransportOptions {
  readonly endpoint: Endpoint;
  readonly region: string;
  readonly credentials: CloudCredentials;
  readonly budgets: RateBudgets;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timeoutMs: number;
  readonly logger: Logger;
}

/** One call: the SDK's request model in, its response body model out. */
export interface RdsCall<T extends Model> {
  readonly action: RdsAction;
  /** Names the object in messages. */
  readonly target: string;
  readonly request: Model;
  readonly Body: new (map?: Record<string, unknown>) => T;
  /** Nothing is sent after this moment: a ThrottledError says so. */
  readonly notAfter?: Instant;
  /** Failures that are not worth another try. */
  readonly isAnswer?: (error: unknown) => boolean;
}

export interface RdsTransport {
  /**
   * Every failure is a CloudError; a failed read that was repeated in vain is an AmbiguousError too, and says that it failed. Of a change, a
   * ThrottledError or an UnreachableError says that no try did anything: one that comes after a try whose outcome is unknown gives way to that
   * try's AmbiguousError.
   */
  call<T extends Model>(call: RdsCall<T>): Promise<T>;
  /** An answer that lacks what the API promises, as the error of this call. */
  unreadable(action: RdsAction, target: string, detail: string): CloudError;
  /** An answer that reports, by a field and without a code, that the service did not do it. */
  unsuccessful(action: RdsAction, target: string, message: string): CloudError;
  apiCalls(): Readonly<Record<string, number>>;
}

export function makeRdsTransport(options: RdsTransportOptions): RdsTransport {
  const { endpoint, region, credentials, timeoutMs, clock, random } = options;
  const send = makeOpenApiCall({ version: RDS_VERSION, endpoint, region, credential: credentials.sdk, timeoutMs });
  const calls = new Map<RdsAction, number>();

  function contextOf(action: RdsAction, target: string): CallContext {
    return {
      operation: action,
      target,
      ramAction: ramActionOf(action),
      changes: ACTION_TRAITS[action].changes,
      secretValues: credentials.secretValues(),
      refusalOf: (code) => refusalOf(action, code),
    };
  }

  async function attempt<T extends Model>({ action, target, request, Body, notAfter }: RdsCall<T>): Promise<T> {
    const bucket = options.budgets[ACTION_TRAITS[action].group];
    await bucket.take();
    if (notAfter !== undefined && clock.now() > notAfter) throw tooLate(action, target);
    calls.set(action, (calls.get(action) ?? 0) + 1);
    try {
      const { statusCode, body } = await send(action, request.toMap());
      const failure = failureInAnswer(statusCode, body);
      if (failure !== undefined) throw translateFailure(failure, contextOf(action, target));
      if (textOf(body, 'RequestId') === undefined) throw translateFailure({ kind: 'unreadable', detail: 'no request id in it' }, contextOf(action, target));
      return cast(body, new Body({}));
    } catch (error) {
      const translated = translateError(error, contextOf(action, target));
      if (translated instanceof ThrottledError) bucket.penalise(translated.retryAfterMs);
      throw translated;
    }
  }

  function repeated<T>({ action, target, notAfter, isAnswer }: RdsCall<Model>, once: () => Promise<T>): Promise<T> {
    return repeat(once, {
      clock,
      random,
      when: ACTION_TRAITS[action].isRepeatable ? 'any-failure' : 'certain-refusals',
      ...(notAfter === undefined ? {} : { notAfter }),
      ...(isAnswer === undefined ? {} : { isAnswer }),
      onRetry: (error, retryNumber, waitMs) =>
        options.logger.debug({ operation: action, target, retryNumber, waitMs: Math.round(waitMs), reason: messageOf(error) }, 'repeating a call'),
    });
  }

  return {
    call: async (call) => {
      let doubt: AmbiguousError | undefined;
      try {
        return await repeated(call, () =>
          withRenewal(credentials, () => attempt(call)).catch((error: unknown) => {
            if (error instanceof AmbiguousError && ACTION_TRAITS[call.action].changes) doubt ??= error;
            throw error;
          }),
        );
      } catch (error) {
        throw doubt !== undefined && (error instanceof ThrottledError || error instanceof UnreachableError) ? doubt : error;
      }
    },
    unreadable: (action, target, detail) => translateFailure({ kind: 'unreadable', detail }, contextOf(action, target)),
    unsuccessful: (action, target, message) => {
      const said = redact(message, credentials.secretValues());
      return new RefusedError('other', `${action} for ${target} was refused: Success is false${said === '' ? '' : ` (${said})`}`, {
        operation: action,
        target,
      });
    },
    apiCalls: () => Object.fromEntries(calls),
  };
}

function tooLate(action: RdsAction, target: string): ThrottledError {
  return new ThrottledError(`${action} for ${target} was not sent: its time had passed while it waited for its turn`, {
    operation: action,
    target,
    hint: 'raise the API rate of the protection policy, or spread the schedules',
  });
}
