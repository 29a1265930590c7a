/** Samples of one kind, and how they lie. */
export interface Distribution {
  readonly name: string;
  readonly samples: readonly number[];
}

/** The sample below which this share of all lies, between two of them by proportion. @throws RangeError for no samples */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const lower = sorted[Math.floor(place)];
  const upper = sorted[Math.ceil(place)];
  if (lower === undefined || upper === undefined) throw new RangeError('There is no quantile of nothing.');
  return lower + (upper - lower) * (place % 1);
}

/**
 * How often a sample of the one kind is greater than one of the other, ties counted by half: Mann and Whitney's U over all
 * pairs, the area under the ROC curve. 0.5 for what cannot be told apart.
 */
export function probabilityGreater(samples: readonly number[], others: readonly number[]): number {
  const sorted = others.toSorted((a, b) => a - b);
  const below = (value: number, orEqual: boolean) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = sorted[middle] ?? Infinity;
      if (orEqual ? other <= value : other < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const wins = samples.reduce((sum, value) => sum + below(value, false) + below(value, true), 0);
  return wins / 2 / (samples.length * others.length);
}

/**
 * How well one sample tells which kind it is of: the share of guesses that are right, of whoever knows both distributions'
 * order. 0.5 is a coin, 1 is certainty.
 */
export const distinguishability = (samples: readonly number[], others: readonly number[]): number => {
  const greater = probabilityGreater(samples, others);
  return Math.max(greater, 1 - greater);
};

const BARS = '▁▂▃▄▅▆▇█';
const BINS = 24;

/** The histogram of each, in one line, over the same range: from the least of all to the 98th hundredth of the slowest. */
export function sparklines(distributions: readonly Distribution[]): string[] {
  const least = Math.min(...distributions.flatMap(({ samples }) => samples));
  const most = Math.max(...distributions.map(({ samples }) => quantile(samples, 0.98)));
  const width = (most - least) / BINS || 1;
  return distributions.map(({ samples }) => {
    const counts = Array.from({ length: BINS }, () => 0);
    for (const sample of samples) {
      const bin = Math.min(Math.floor((sample - least) / width), BINS - 1);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    const highest = Math.max(...counts);
    return counts
      .map((count) => (count === 0 ? ' ' : (BARS[Math.ceil((count / highest) * BARS.length) - 1] ?? ' ')))
      .join('');
  });
}

const SHARES = [0.1, 0.5, 0.9, 0.99];

/** A line for each: its name, the 10th, 50th, 90th and 99th hundredth in milliseconds, and its histogram. */
export function describeDistributions(distributions: readonly Distribution[]): string[] {
  const pictures = sparklines(distributions);
  const names = Math.max(...distributions.map(({ name }) => name.length));
  return distributions.map(({ name, samples }, index) => {
    const figures = SHARES.map(
      (share) => `p${share * 100} ${quantile(samples, share).toFixed(1).padStart(6)} ms`,
    );
    return `${name.padEnd(names)}  ${figures.join('  ')}  ${pictures[index] ?? ''}`;
  });
}
