import { describe, expect, it } from 'vitest';

import { untilAborted } from '../../../../src/services/authorization/deadline.js';

describe('untilAborted', () => {
  it('gives what the work gives', async () => {
    expect(await untilAborted(new AbortController().signal, async () => 'done')).toBe('done');
  });

  it('rejects with what the work rejects with', async () => {
    const work = () => Promise.reject(new Error('broken'));
    await expect(untilAborted(new AbortController().signal, work)).rejects.toThrow('broken');
  });

  it('rejects at once when aborted, though the work goes on', async () => {
    const controller = new AbortController();
    const result = untilAborted(controller.signal, () => new Promise<never>(() => {}));
    controller.abort(new Error('late'));
    await expect(result).rejects.toThrow('late');
  });

  it('begins no work after the deadline', async () => {
    let begun = false;
    const work = async () => void (begun = true);
    await expect(untilAborted(AbortSignal.abort(new Error('late')), work)).rejects.toThrow('late');
    expect(begun).toBe(false);
  });
});
