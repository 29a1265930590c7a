import { describe, expect, it } from 'vitest';

import { findMisspelled } from '../../../src/config/misspelled.js';
import { VARIABLE_NAMES } from '../../../src/config/variables.js';

/** What is set beside ours on machines, by whom. */
const OTHERS = {
  shells: `PATH HOME USER SHELL LANG TERM PWD OLDPWD LOGNAME HOSTNAME HOSTTYPE MACHTYPE OSTYPE SHLVL EDITOR PAGER TMPDIR
    MAIL COLUMNS LINES DISPLAY LC_ALL SSH_AUTH_SOCK SSH_CONNECTION XDG_DATA_DIRS XDG_DATA_HOME XDG_RUNTIME_DIR TZ DATA
    http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY LS_COLORS SUDO_USER USERNAME USERPROFILE APPDATA ProgramData JAVA_DIR`,
  Node: `NODE_ENV NODE_OPTIONS NODE_PATH NVM_DIR NVM_BIN npm_config_loglevel npm_config_cache npm_lifecycle_event
    npm_package_name npm_execpath INIT_CWD DEBUG FORCE_COLOR VITEST`,
  'CI systems': `CI CI_COMMIT_SHA CI_PROJECT_DIR CI_SERVER_URL CI_REGISTRY GITHUB_ACTIONS GITHUB_TOKEN GITHUB_SERVER_URL
    GITHUB_SHA RUNNER_TEMP GITLAB_CI CIRCLECI TRAVIS BUILD_ID BUILD_URL JOB_URL JENKINS_URL`,
  databases: `PGHOST PGPORT PGDATA PGUSER PGPASSWORD PGDATABASE POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB POSTGRES_URL
    DATABASE_HOST DATABASE_PORT DATABASE_USER DATABASE_NAME DATABASE_PASSWORD DATABASE_SSL DATABASE_PUBLIC_URL
    DATABASE_URL_UNPOOLED DATABASE_ID DB_URL DB_HOST REDIS_HOST REDIS_PORT REDIS_USER REDIS_DB REDIS_PASSWORD REDIS_TLS_URL
    REDISCLOUD_URL REDIS_SERVICE_HOST MONGO_URL MYSQL_URL AMQP_URL NATS_URL`,
  AWS: `AWS_PROFILE AWS_DEFAULT_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_ROLE_ARN
    AWS_EXECUTION_ENV AWS_ENDPOINT_URL AWS_CONFIG_FILE AWS_SDK_LOAD_CONFIG AWS_LAMBDA_FUNCTION_NAME AWS_CA_BUNDLE
    ECS_CONTAINER_METADATA_URI`,
  platforms: `APP_PORT APP_ENV APP_URL APP_ENDPOINT APP_REGION BASE_URL DYNO HEROKU_APP_NAME FLY_REGION FLY_APP_NAME
    RENDER_EXTERNAL_URL RAILWAY_PUBLIC_DOMAIN VERCEL_ENV VERCEL_REGION K_SERVICE K_REVISION WEBSITE_SITE_NAME SFTP_URL
    HTTP_URL KUBERNETES_PORT KUBERNETES_SERVICE_HOST DD_LOG_LEVEL RUST_LOG LOG_FILE LOG_FORMAT LOG_LEVEL_SQL OTEL_LOG_LEVEL
    SECRET SECRETS SECRET_ID SECRET_ARN SECRET_NAME SECRET_KEY_BASE SECRETS_DIR SESSION_SECRET DOCKER_HOST DOCKER_CONFIG
    container SENTRY_DSN PUBLIC_DIR STATIC_DIR CACHE_DIR CONFIG_DIR`,
};

describe('findMisspelled', () => {
  it.each([
    ['COGNITO_USER_POOL_ID', 'COGNITO_END_USER_POOL_ID'],
    ['COGNITO_ADMIN_POOLID', 'COGNITO_ADMIN_POOL_ID'],
    ['COGNITO_ADMIN_CLIENT_SECRETS', 'COGNITO_ADMIN_CLIENT_SECRET'],
    ['AVP_ENDPIONT', 'AVP_ENDPOINT'],
    ['AVP_POLICYSTORE_ID', 'AVP_POLICY_STORE_ID'],
    ['SEED_ADMIN_PASS', 'SEED_ADMIN_PASSWORD'],
    ['SEED_ADMIN_MAIL', 'SEED_ADMIN_EMAIL'],
    ['SMTP_URI', 'SMTP_URL'],
    ['PORTCULLIS_EVN', 'PORTCULLIS_ENV'],
    ['PORTCULIS_ENV', 'PORTCULLIS_ENV'],
    ['PORTCULLISENV', 'PORTCULLIS_ENV'],
    ['portcullis_env', 'PORTCULLIS_ENV'],
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_ULR', 'DATABASE_URL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['database_url', 'DATABASE_URL'],
    ['REDISURL', 'REDIS_URL'],
    ['REDIS_URI', 'REDIS_URL'],
    ['DATADIR', 'DATA_DIR'],
    ['DATA_DRI', 'DATA_DIR'],
    ['SECRETKEY', 'SECRET_KEY'],
    ['POLICY_DIR', 'POLICIES_DIR'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['AWS_REIGON', 'AWS_REGION'],
    ['COGNTIO_ADMIN_POOL_ID', 'COGNITO_ADMIN_POOL_ID'],
    ['ALLOW_REMOTE_DEVELOPEMENT', 'ALLOW_REMOTE_DEVELOPMENT'],
    ['TRUSTED_PROXY', 'TRUSTED_PROXIES'],
    ['TRUST_PROXY', 'TRUSTED_PROXIES'],
    ['GATEWAY_SECRETS', 'GATEWAY_SECRET'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
  ])('asks of %s whether %s was meant', (given, meant) => {
    expect(findMisspelled({ [given]: 'anything' })).toEqual([
      { variable: given, message: `${given} is not a variable of this program: did you mean ${meant}?` },
    ]);
  });

  it('passes its own variables', () => {
    expect(findMisspelled(Object.fromEntries(VARIABLE_NAMES.map((name) => [name, 'anything'])))).toEqual([]);
  });

  it('passes what belongs to others: Kubernetes names the services beside a pod in this way', () => {
    const names = [
      'PORTCULLIS_SERVICE_HOST',
      'PORTCULLIS_PORT',
      'PORTCULLIS_PORT_4000_TCP_ADDR',
      'SMTP_HOST',
    ];
    expect(findMisspelled(Object.fromEntries(names.map((name) => [name, 'anything'])))).toEqual([]);
  });

  it.each(Object.entries(OTHERS))('passes what is common: %s', (_whose, names) => {
    const env = Object.fromEntries(names.split(/\s+/).map((name) => [name, 'anything']));
    expect(findMisspelled(env)).toEqual([]);
  });

  it('passes a name beside the right one: a platform may set both', () => {
    expect(findMisspelled({ REDIS_URI: 'anything', REDIS_URL: 'anything' })).toEqual([]);
  });

  it('passes an empty variable, which counts as unset', () => {
    expect(findMisspelled({ SMTP_URI: '' })).toEqual([]);
  });
});
