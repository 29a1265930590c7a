import { AwsServiceError } from '../aws-service-error.js';

/** A member of the input and what is wrong with it. */
export interface FieldFault {
  readonly path: string;
  readonly message: string;
}

type ResourceType = 'POLICY_STORE' | 'POLICY' | 'POLICY_TEMPLATE' | 'SCHEMA';

/** https://docs.aws.amazon.com/verifiedpermissions/latest/apireference/API_ValidationException.html */
export function validationException(fieldList: readonly FieldFault[]): AwsServiceError {
  const faults = fieldList.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return new AwsServiceError('ValidationException', `Invalid input: ${faults.join(' ')}`.slice(0, 4_096), {
    fieldList,
  });
}

export const invalid = (path: string, message: string) => validationException([{ path, message }]);

export function notFound(resourceType: ResourceType, resourceId: string): AwsServiceError {
  const message = `The ${resourceType.toLowerCase().replace('_', ' ')} ${resourceId} does not exist.`;
  return new AwsServiceError('ResourceNotFoundException', message, { resourceId, resourceType });
}

export function conflict(message: string, resourceType: ResourceType, resourceId: string): AwsServiceError {
  return new AwsServiceError('ConflictException', message, { resources: [{ resourceId, resourceType }] });
}

export const invalidState = (message: string) => new AwsServiceError('InvalidStateException', message);

export function quotaExceeded(message: string, resourceType: ResourceType): AwsServiceError {
  const fields = { resourceType, serviceCode: 'verifiedpermissions' };
  return new AwsServiceError('ServiceQuotaExceededException', message, fields);
}
