export * from './identity.js';
export * from './embedded-cognito.js';
export * from './embedded-verified-permissions.js';
export * from './embedded-sts.js';
