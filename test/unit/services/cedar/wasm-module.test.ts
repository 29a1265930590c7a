import { describe, expect, it } from 'vitest';

import { createCedarEngine } from '../../../../src/services/cedar/engine.js';
import { compilePolicySet } from '../../../../src/services/cedar/policy-set.js';
import { CedarUnavailableError, createCedarModule } from '../../../../src/services/cedar/wasm-module.js';

const trap = `permit (principal, action, resource) when { ${'('.repeat(2_000)}true${')'.repeat(2_000)} };`;
const uid = (type: string) => ({ type, id: 'x' });
const request = { principal: uid('U'), action: uid('Action'), resource: uid('U') };

describe('createCedarModule', () => {
  it('loads nothing before the first call', () => {
    const module = createCedarModule();
    expect(module.generation).toBe(0);
    expect(module.run((wasm) => wasm.getCedarLangVersion())).toBe('4.5');
    expect(module.generation).toBe(1);
  });

  it('answers normally after a trap, with what was preparsed parsed again', () => {
    const engine = createCedarEngine();
    const policies = [{ id: 'all', statement: 'permit (principal, action, resource);' }];
    const set = compilePolicySet({ id: 'set', policies }, engine);
    for (let round = 1; round <= 3; round += 1) {
      expect(set.decide(request)).toEqual({ effect: 'ALLOW', determiningPolicies: ['all'], errors: [] });
      expect(() => engine.module.run((wasm) => wasm.policyToJson(trap))).toThrow(CedarUnavailableError);
      expect(engine.module.generation).toBe(round);
    }
    expect(set.decide(request).effect).toBe('ALLOW');
  });

  it('replaces an instance that plain throws have worn out', () => {
    const engine = createCedarEngine();
    const set = compilePolicySet(
      { id: 'set', policies: [{ id: 'all', statement: 'permit (principal, action, resource);' }] },
      engine,
    );
    for (let round = 0; round < 2_000; round += 1) {
      expect(() => engine.module.run((wasm) => wasm.policyToJson(1n as never))).toThrow(
        CedarUnavailableError,
      );
    }
    expect(set.decide(request).effect).toBe('ALLOW');
    expect(engine.module.generation).toBeGreaterThan(5);
  });

  it('rations instances, and earns new ones with time', () => {
    let now = 0;
    let loaded = 0;
    const module = createCedarModule({
      now: () => now,
      load: () => {
        loaded += 1;
        return {} as never;
      },
    });
    const fail = () =>
      expect(() =>
        module.run(() => {
          throw new RangeError('trap');
        }),
      ).toThrow(CedarUnavailableError);
    for (let round = 0; round < 50; round += 1) fail();
    expect(loaded).toBe(20);
    now = 3_500;
    for (let round = 0; round < 50; round += 1) fail();
    expect(loaded).toBe(23);
    now = 4_000;
    expect(module.run(() => 'fine')).toBe('fine');
  });

  it('says so when there is no engine to load', () => {
    const module = createCedarModule({
      load: () => {
        throw new Error('no such file');
      },
    });
    expect(() => module.run(() => 1)).toThrow(CedarUnavailableError);
  });
});
