import fc from 'fast-check';
import { expect, it } from 'vitest';

import { deviceName } from '../../../../src/services/sessions/device-name.js';

it.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox 140 on Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
    'Chrome 143 on Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari 18 on iOS (mobile)',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari 18 on iOS (tablet)',
  ],
])('reads browser, version and system from %s', (userAgent, name) => {
  expect(deviceName(userAgent)).toBe(name);
});

it.each([null, '', 'node', '\0'])('knows nothing of %j', (userAgent) => {
  expect(deviceName(userAgent)).toBeNull();
});

it('never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (userAgent) => {
      const name = deviceName(userAgent);
      expect(name === null || name.length > 0).toBe(true);
    }),
  );
});
