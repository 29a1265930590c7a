import { describe, expect, it } from 'vitest';

import {
  CircuitOpenError,
  createCircuitBreaker,
} from '../../../../src/services/authorization/circuit-breaker.js';
import { FakeClock } from '../../../support/fake-clock.js';

function setUp({ jitter = 0, failures = 3 } = {}) {
  const clock = new FakeClock();
  const changes: boolean[] = [];
  const breaker = createCircuitBreaker({
    clock,
    randomness: { integer: () => jitter },
    failures,
    onChange: (isOpen) => changes.push(isOpen),
  });
  const fail = (times = 1) => {
    for (let time = 0; time < times; time += 1) breaker.pass().failed();
  };
  return { clock, breaker, changes, fail };
}

describe('createCircuitBreaker', () => {
  it('opens once calls have failed in a row, and not when one succeeded in between', () => {
    const { breaker, fail, changes } = setUp();
    fail(2);
    breaker.pass().succeeded();
    fail(2);
    expect(breaker.isOpen).toBe(false);
    fail();
    expect(breaker.isOpen).toBe(true);
    expect(() => breaker.pass()).toThrow(CircuitOpenError);
    expect(changes).toEqual([true]);
  });

  it('lets one call through when the pause is over, and all once that has succeeded', () => {
    const { breaker, clock, fail, changes } = setUp();
    fail(3);
    clock.advance(999);
    expect(() => breaker.pass()).toThrow(CircuitOpenError);
    clock.advance(1);
    const probe = breaker.pass();
    expect(() => breaker.pass()).toThrow(CircuitOpenError);
    probe.succeeded();
    breaker.pass();
    breaker.pass();
    expect(changes).toEqual([true, false]);
  });

  it('doubles the pause each time that the call fails again, up to half a minute', () => {
    const { breaker, clock, fail } = setUp();
    fail(3);
    for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      clock.advance(pauseMs - 1);
      expect(() => breaker.pass()).toThrow(CircuitOpenError);
      clock.advance(1);
      breaker.pass().failed();
    }
  });

  it('begins with the short pause again after it was closed', () => {
    const { breaker, clock, fail } = setUp();
    fail(3);
    clock.advance(1_000);
    fail();
    clock.advance(2_000);
    breaker.pass().succeeded();
    fail(3);
    clock.advance(1_000);
    expect(() => breaker.pass()).not.toThrow();
  });

  it('lengthens each pause by chance', () => {
    const { breaker, clock, fail } = setUp({ jitter: 200 });
    fail(3);
    clock.advance(1_199);
    expect(() => breaker.pass()).toThrow(CircuitOpenError);
    clock.advance(1);
    expect(() => breaker.pass()).not.toThrow();
  });

  it('is not closed by a call that began before it opened', () => {
    const { breaker, fail } = setUp();
    const early = breaker.pass();
    fail(3);
    early.succeeded();
    early.failed();
    expect(breaker.isOpen).toBe(true);
  });

  it('learns nothing from a call that was given up', () => {
    const { breaker, clock, fail } = setUp();
    fail(2);
    breaker.pass().abandoned();
    expect(breaker.isOpen).toBe(false);
    fail(1);
    clock.advance(1_000);
    breaker.pass().abandoned();
    expect(breaker.isOpen).toBe(true);
    breaker.pass().succeeded();
    expect(breaker.isOpen).toBe(false);
  });
});
