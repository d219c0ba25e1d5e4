// The error codes of STS AssumeRole, with status and message as documented.
import { RpcError } from '../rpc/errors';

const STS_ERRORS = {
  'EntityNotExist.Role': [404, 'The specified Role not exists .'],
  'InvalidParameter.DurationSeconds': [400, 'The Min/Max value of DurationSeconds is 15min/1hr.'],
  'InvalidParameter.PolicyGrammar': [400, 'The parameter Policy has not passed grammar check.'],
  'InvalidParameter.RoleArn': [400, 'The parameter RoleArn is wrongly formed.'],
  'InvalidParameter.RoleSessionName': [400, 'The parameter RoleSessionName is wrongly formed.'],
  NoPermission: [403, 'You are not authorized to do this action. You should be authorized by RAM.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export function stsError(code: keyof typeof STS_ERRORS): RpcError {
  const [status, message] = STS_ERRORS[code];
  return new RpcError({ status, code, message });
}
