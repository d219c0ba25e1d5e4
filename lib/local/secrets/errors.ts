// The errors of AWS Secrets Manager and of the gateway before it, as they go over the wire: status, type and message (AWS Secrets Manager API Reference, common errors).

/** An answer of the service that is an error. `type` goes out as `__type`. */
export class AwsError extends Error {
  readonly status: number;
  readonly type: string;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.name = 'AwsError';
    this.type = type;
    this.status = status;
  }
}

const GATEWAY_ERRORS = {
  MissingAuthenticationTokenException: 'Missing Authentication Token',
  UnrecognizedClientException: 'The security token included in the request is invalid.',
  ExpiredTokenException: 'The security token included in the request is expired',
  IncompleteSignatureException: 'Authorization header requires Credential, SignedHeaders and Signature parameters, and a date.',
  SerializationException: 'The request body is no JSON object.',
} as const;

export function gatewayError(type: keyof typeof GATEWAY_ERRORS): AwsError {
  return new AwsError(type, GATEWAY_ERRORS[type]);
}

export function invalidSignature(message = WRONG_SIGNATURE): AwsError {
  return new AwsError('InvalidSignatureException', message);
}

const WRONG_SIGNATURE =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

export function unknownOperation(): AwsError {
  return new AwsError('UnknownOperationException', 'The operation is not known.', 404);
}

export function secretNotFound(detail = "Secrets Manager can't find the specified secret."): AwsError {
  return new AwsError('ResourceNotFoundException', detail);
}

export function secretInDeletion(): AwsError {
  return new AwsError('InvalidRequestException', "You can't perform this operation on the secret because it was marked for deletion.");
}

export function throttled(): AwsError {
  return new AwsError('ThrottlingException', 'Rate exceeded');
}
