import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonicalAddress } from '../../../../src/ip-address.js';
import {
  createAgentFamilies,
  differingClient,
  networkOf,
} from '../../../../src/services/sessions/client-fingerprint.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const NEWER_FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';

describe('the family of a user agent', () => {
  const familyOf = createAgentFamilies();

  it.each([
    [FIREFOX, 'Firefox on Linux'],
    [NEWER_FIREFOX, 'Firefox on Linux'],
    [CHROME, 'Chrome on Windows'],
    ['curl/8.5.0', 'curl'],
    ['curl/8.6.0', 'curl'],
    ['node', 'node'],
    ['okhttp/4.12.0', 'okhttp'],
    ['', null],
    [null, null],
    ['(hidden)', null],
    ['   ', null],
    ['%%%', null],
  ])('of %j is %j', (userAgent, family) => {
    expect(familyOf(userAgent)).toBe(family);
    expect(familyOf(userAgent)).toBe(family);
  });

  it('never throws, is short, and is the same each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 512 }), (userAgent) => {
        const family = familyOf(userAgent);
        expect(family === null || (family !== '' && family.length <= 100)).toBe(true);
        expect(createAgentFamilies()(userAgent)).toBe(family);
      }),
    );
  });
});

describe('the network of an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.0/24'],
    ['2001:db8:1:2::3', '2001:db8:1::/48'],
    ['2001:db8:1:ffff:1:2:3:4', '2001:db8:1::/48'],
    ['2001:db8::1', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
    ['unknown', undefined],
    [null, undefined],
  ])('of %j is %j', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it('is shared by all addresses of it, and by no other', () => {
    const group = fc.nat(0xffff).map((number) => number.toString(16));
    const groups = fc.array(group, { minLength: 8, maxLength: 8 });
    const written = (all: readonly string[]) => canonicalAddress(all.join(':')) ?? '';
    fc.assert(
      fc.property(groups, groups, (one, other) => {
        const sibling = [...one.slice(0, 3), ...other.slice(3)];
        expect(networkOf(written(sibling))).toBe(networkOf(written(one)));
        const isSame = one.slice(0, 3).join() === other.slice(0, 3).join();
        expect(networkOf(written(other)) === networkOf(written(one))).toBe(isSame);
      }),
    );
  });
});

describe('a client', () => {
  const familyOf = createAgentFamilies();
  const before = { userAgent: FIREFOX, ipAddress: '192.0.2.7' };
  const other = { userAgent: CHROME, ipAddress: '203.0.113.9' };

  it('is very different where its family and its network are', () => {
    expect(differingClient(familyOf, before, other)).toEqual({
      family: 'Chrome on Windows',
      network: '203.0.113.0/24',
    });
  });

  it.each([null, '', '   ', '%%%', '(hidden)'])(
    'is where it says of itself %j, from another network',
    (userAgent) => {
      expect(differingClient(familyOf, before, { ...other, userAgent })).toEqual({
        family: 'unknown client',
        network: '203.0.113.0/24',
      });
      expect(differingClient(familyOf, before, { ...before, userAgent })).toBeUndefined();
      expect(differingClient(familyOf, { ...before, userAgent }, other)).toBeUndefined();
    },
  );

  it('is whatever it says, unless that is of the family of the sign-in', () => {
    fc.assert(
      fc.property(fc.option(fc.string({ unit: 'binary', maxLength: 512 })), (userAgent) => {
        const isFamily = familyOf(userAgent) === familyOf(before.userAgent);
        expect(differingClient(familyOf, before, { ...other, userAgent }) === undefined).toBe(isFamily);
      }),
    );
  });

  it.each([
    ['roams', { ...before, ipAddress: other.ipAddress }],
    ['is updated', { userAgent: NEWER_FIREFOX, ipAddress: other.ipAddress }],
    ['is another browser in the same network', { ...other, ipAddress: '192.0.2.200' }],
    ['comes from an unknown address', { ...other, ipAddress: null }],
    ['comes from what is no address', { ...other, ipAddress: 'unknown' }],
  ])('is not where it %s', (_how, now) => {
    expect(differingClient(familyOf, before, now)).toBeUndefined();
  });

  it.each([{ userAgent: null }, { ipAddress: null }])('is not where the sign-in lacks %j', (unknown) => {
    expect(differingClient(familyOf, { ...before, ...unknown }, other)).toBeUndefined();
  });

  it('whose user agent is that of the sign-in is not asked for its address', () => {
    const now = {
      userAgent: FIREFOX,
      get ipAddress(): string {
        throw new Error('Nobody may ask.');
      },
    };
    expect(differingClient(familyOf, before, now)).toBeUndefined();
  });
});
