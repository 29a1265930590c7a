import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { systemRandomness } from '../../../../src/services/randomness.js';
import { createSealer } from '../../../../src/services/tokens/seal.js';
import { FakeClock } from '../../../support/fake-clock.js';

const key = systemRandomness.bytes(32);
const clock = new FakeClock();
const sealer = createSealer({ key, randomness: systemRandomness, clock });

describe('a sealed value', () => {
  test('opens as what it was, for the purpose it was sealed for and no other', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), fc.string(), (value, purpose, other) => {
        const text = sealer.seal(purpose, value);
        expect(sealer.open(purpose, text)).toEqual(JSON.parse(JSON.stringify(value)));
        if (other !== purpose) expect(sealer.open(other, text)).toBeUndefined();
      }),
    );
  });

  test('is refused once any of its characters is another one', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/= \n';
    const text = sealer.seal('cursor', { place: 7 });
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(...alphabet), (at, character) => {
        fc.pre(text[at] !== character);
        expect(sealer.open('cursor', text.slice(0, at) + character + text.slice(at + 1))).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  test('is refused when cut short or made longer', () => {
    const text = sealer.seal('cursor', 'value');
    for (let length = 0; length < text.length; length++) {
      expect(sealer.open('cursor', text.slice(0, length))).toBeUndefined();
    }
    for (const more of ['A', '=', ' ', 'AAAA']) expect(sealer.open('cursor', text + more)).toBeUndefined();
  });

  test('is refused under another key', () => {
    const other = createSealer({ key: systemRandomness.bytes(32), randomness: systemRandomness, clock });
    expect(other.open('cursor', sealer.seal('cursor', 'value'))).toBeUndefined();
  });

  test('never reads the same twice', () => {
    expect(sealer.seal('cursor', 'value')).not.toBe(sealer.seal('cursor', 'value'));
  });

  test('opens until it expires and not from then on', () => {
    const expiresAt = new Date(clock.now().getTime() + 1_000);
    const text = sealer.seal('challenge', 'value', { expiresAt });
    clock.advance(999);
    expect(sealer.open('challenge', text)).toBe('value');
    clock.advance(1);
    expect(sealer.open('challenge', text)).toBeUndefined();
  });
});

test('whatever was not sealed at all is refused', () => {
  fc.assert(fc.property(fc.string(), (text) => sealer.open('cursor', text) === undefined));
  expect(sealer.open('cursor', 'A'.repeat(1_000_000))).toBeUndefined();
});

test('a key of another length is refused at once', () => {
  for (const length of [0, 16, 31, 33]) {
    expect(() => createSealer({ key: Buffer.alloc(length), randomness: systemRandomness, clock })).toThrow(
      RangeError,
    );
  }
});
