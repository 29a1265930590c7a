import fc from 'fast-check';
import { expect, test } from 'vitest';

import { roleChanges } from '../../../../src/services/users/role-changes.js';

const roles = fc.array(fc.constantFrom<string>('administrator', 'auditor', 'member', 'editor', 'owner'));

test('what is granted and withdrawn leads from the one set to the other, and nothing is both', () => {
  fc.assert(
    fc.property(roles, roles, (current, wanted) => {
      const { granted, withdrawn } = roleChanges(current, wanted);
      const after = new Set([...current, ...granted].filter((role) => !withdrawn.includes(role)));
      expect(after).toEqual(new Set(wanted));
      expect(granted.filter((role) => current.includes(role))).toEqual([]);
      expect(withdrawn.filter((role) => wanted.includes(role))).toEqual([]);
      expect(granted).toEqual([...new Set(granted)].sort());
      expect(withdrawn).toEqual([...new Set(withdrawn)].sort());
    }),
  );
});

test('the same roles in another order, or twice, change nothing', () => {
  expect(roleChanges(['a', 'b'], ['b', 'a', 'b'])).toEqual({ granted: [], withdrawn: [] });
});
