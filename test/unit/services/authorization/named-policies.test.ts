import { expect, it, vi } from 'vitest';

import { withNamedPolicies } from '../../../../src/services/authorization/named-policies.js';

const describeAll = vi.fn(async (ids: readonly string[]) =>
  ids.map((id) => ({ id: id === 'PS1a' ? 'people-read-themselves' : id, description: null })),
);

it('names policies as their files do, and leaves the rest as it is', async () => {
  const errors = [
    'error while evaluating policy `PS1a`: `Identity::User::"PS1a"` does not have the attribute `PS1a`',
    'error while evaluating policy `gone`: no such thing',
  ];
  expect(await withNamedPolicies(errors, { describe: describeAll })).toEqual([
    'error while evaluating policy `people-read-themselves`: `Identity::User::"PS1a"` does not have the attribute `PS1a`',
    'error while evaluating policy `gone`: no such thing',
  ]);
  expect(describeAll).toHaveBeenCalledWith(['PS1a', 'gone']);
});

it.each(['The schema has no action.', 'The schema has no type while evaluating policy `PS1a`.'])(
  'asks for nothing where nothing is named: %s',
  async (error) => {
    describeAll.mockClear();
    expect(await withNamedPolicies([error], { describe: describeAll })).toEqual([error]);
    expect(describeAll).not.toHaveBeenCalled();
  },
);
