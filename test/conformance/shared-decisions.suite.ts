import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { SharedDecisions } from '../../src/services/authorization/decision-cache/shared-decisions.js';

export interface SharedDecisionsUnderTest {
  readonly shared: SharedDecisions;
  /** Another instance on the same store, or the same one where there is no sharing. */
  readonly neighbour: SharedDecisions;
  readonly close: () => Promise<void>;
}

/** What every store of epochs and decisions must do. Each test has subjects of its own. */
export function sharedDecisionsSuite(name: string, open: () => Promise<SharedDecisionsUnderTest>): void {
  describe(`${name} as SharedDecisions`, () => {
    let subject: SharedDecisionsUnderTest;
    let made = 0;
    const newSubject = () => `subject ${(made += 1)}`;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    const epochOf = async (of: string, store = subject.shared) => (await store.read([of], []))?.epochs[0];

    it('has one epoch for a subject, whoever asks and however often', async () => {
      const of = newSubject();
      const first = await epochOf(of);
      expect(first).toEqual(expect.stringMatching(/.{16}/));
      expect(await epochOf(of)).toBe(first);
      expect(await epochOf(of, subject.neighbour)).toBe(first);
    });

    it('has one epoch for a subject that is asked about for the first time by many', async () => {
      const of = newSubject();
      const asked = Array.from({ length: 10 }, (_, index) =>
        epochOf(of, index % 2 ? subject.shared : subject.neighbour),
      );
      expect(new Set(await Promise.all(asked)).size).toBe(1);
    });

    it('has another epoch after each renewal, and leaves other subjects alone', async () => {
      const [of, other] = [newSubject(), newSubject()];
      const before = (await subject.shared.read([of, other], []))?.epochs;
      await subject.shared.renew([of]);
      const after = (await subject.neighbour.read([of, other], []))?.epochs;
      expect(after?.[0]).not.toBe(before?.[0]);
      expect(after?.[1]).toBe(before?.[1]);
      await subject.neighbour.renew([of]);
      expect(await epochOf(of)).not.toBe(after?.[0]);
    });

    it('answers in the order asked', async () => {
      const subjects = [newSubject(), newSubject(), newSubject()];
      await subject.shared.read([subjects[1] ?? ''], []);
      const read = await subject.shared.read(subjects, ['nothing here', 'nor here']);
      expect(read?.values).toEqual([null, null]);
      const backwards = await subject.shared.read(subjects.toReversed(), []);
      expect(backwards?.epochs).toEqual(read?.epochs.toReversed());
    });

    it.each(['shared', 'neighbour'] as const)('tells of renewals by the %s instance', async (who) => {
      const of = newSubject();
      const heard = new Promise<readonly string[]>((resolve) =>
        subject.shared.onRenewed((subjects) => {
          if (subjects?.includes(of)) resolve(subjects);
        }),
      );
      await subject[who].renew([of]);
      expect(await heard).toEqual([of]);
    });

    it('may be closed twice', async () => {
      const { shared, close } = await open();
      await shared.close();
      await close();
    });
  });
}
