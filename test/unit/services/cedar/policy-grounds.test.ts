import { describe, expect, it } from 'vitest';

import { cedarEngine } from '../../../../src/services/cedar/engine.js';
import { unknownGrounds } from '../../../../src/services/cedar/policy-grounds.js';
import { parseStatement } from '../../../../src/services/cedar/policy-statement.js';

function groundsOf(statement: string): string | undefined {
  const parsed = parseStatement({ id: 'policy', statement }, cedarEngine);
  if (!parsed.ok) throw new Error(parsed.issue.message);
  return unknownGrounds(parsed.json);
}

const when = (condition: string) => `permit (principal, action, resource) when { ${condition} };`;

describe('unknownGrounds', () => {
  it.each([
    'permit (principal in Identity::Role::"a", action, resource);',
    'permit (principal is Identity::User in Identity::Role::"a", action, resource is Identity::User);',
    'permit (principal, action, resource == Identity::Role::"a");',
    'permit (principal, action, resource in Documents::Folder::"a");',
    when('principal in [Identity::Role::"a", Identity::Role::"b"]'),
    when('principal is Identity::User in Identity::Role::"a"'),
    when('resource == Identity::Role::"a" && resource.user.enabled'),
    when('context has target && context.target.userType == "ADMIN"'),
    when('resource.folder in Documents::Folder::"a"'),
    when('principal == Identity::User::"a" || resource.owner == Identity::User::"b"'),
  ])('has nothing against %s', (statement) => {
    expect(groundsOf(statement)).toBeUndefined();
  });

  it.each([
    'permit (principal, action, resource in Identity::Role::"a");',
    'forbid (principal, action, resource is Identity::User in Identity::Role::"a");',
    when('resource in Identity::Role::"a"'),
    when('principal.enabled && (false || resource in [Identity::Role::"a"])'),
    when('context.target in Identity::Role::"a"'),
    'forbid (principal, action, resource) unless { resource is Identity::User in Identity::Role::"a" };',
  ])('finds that others are asked for their roles by %s', (statement) => {
    expect(groundsOf(statement)).toContain('roles of somebody who is not the principal');
  });

  it.each([
    when('User::"b".open'),
    when('principal.enabled && User::"b" has open'),
    when('if User::"b".hasTag("open") then true else false'),
    when('User::"b".folder.open'),
    when('(if principal.enabled then User::"b" else principal).open'),
    when('User::"b" in Folder::"a"'),
    when('User::"b" is User in Folder::"a"'),
  ])('finds that an entity is looked into which no question names by %s', (statement) => {
    expect(groundsOf(statement)).toContain('it looks into User::"b"');
  });
});
