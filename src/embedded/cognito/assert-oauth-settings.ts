import { AwsServiceError } from '../aws-json.js';
import type { AppClient } from './client-settings.js';
import { invalidParameter } from './exceptions.js';
import type { ResourceServerStore } from './resource-server-store.js';

/**
 * @throws InvalidParameterException, InvalidOAuthFlowException or ScopeDoesNotExistException where a client could not use
 * what it is given
 */
export async function assertOAuthSettings(
  { poolId, secret, settings }: Pick<AppClient, 'poolId' | 'secret' | 'settings'>,
  resourceServers: Pick<ResourceServerStore, 'find'>,
): Promise<void> {
  const { AllowedOAuthFlows: flows, AllowedOAuthScopes: scopes, AllowedOAuthFlowsUserPoolClient } = settings;
  if (AllowedOAuthFlowsUserPoolClient && (flows.length === 0 || scopes.length === 0)) {
    throw invalidParameter(
      'AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows.',
    );
  }
  if (flows.length > 0 && secret === null) {
    throw new AwsServiceError(
      'InvalidOAuthFlowException',
      'client_credentials flow can not be selected if client does not have a client secret.',
    );
  }
  for (const wanted of scopes) {
    const end = wanted.lastIndexOf('/');
    const server = await resourceServers.find(poolId, wanted.slice(0, Math.max(0, end)));
    if (!server?.scopes.some(({ ScopeName }) => ScopeName === wanted.slice(end + 1))) {
      throw new AwsServiceError('ScopeDoesNotExistException', `Invalid scope requested: ${wanted}`);
    }
  }
}
