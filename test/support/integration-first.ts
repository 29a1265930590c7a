import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Has the tests of whole services run before those of units, and leaves the rest to vitest: it starts with large files until
 * it knows how long each takes, and some of the longest are small. What comes last leaves one of two workers idle.
 */
export class IntegrationFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isUnit = ({ moduleId }: TestSpecification) => moduleId.includes('/test/unit/');
    return [...sorted.filter((file) => !isUnit(file)), ...sorted.filter(isUnit)];
  }
}
