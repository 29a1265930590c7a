/** A number with its unit, as a table shows it. */
export interface Quantity {
  readonly value: number;
  readonly unit: string;
}

/** What a value should come to. */
export interface Aim {
  readonly relation: '≤' | '≥' | '=' | '>';
  readonly bound: number;
}

/** What one benchmark has found out. */
export interface Measurement {
  /** The benchmark's letter, with a suffix where it measures several things: `c-5`. */
  readonly id: string;
  readonly title: string;
  /** The two sides, where the value is made of two. */
  readonly ours?: Quantity;
  readonly peer?: Quantity & { readonly name: string };
  readonly value: number;
  readonly unit: string;
  /** Null where the value is only reported. */
  readonly aim: Aim | null;
  /** Lines that show more than a number does. */
  readonly detail?: readonly string[];
  /** Has no row of its own in a table, since the detail of another shows it. */
  readonly isInDetail?: boolean;
}

/** What `--json` writes of a measurement. */
export interface MeasurementRecord {
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  readonly aim: string | null;
  readonly met: boolean | null;
}

/** The unit of ratios. */
export const TIMES = '×';

/** Is the aim met? Null where there is none. */
export function isMet({ value, aim }: Pick<Measurement, 'value' | 'aim'>): boolean | null {
  switch (aim?.relation) {
    case undefined:
      return null;
    case '≤':
      return value <= aim.bound;
    case '≥':
      return value >= aim.bound;
    case '=':
      return value === aim.bound;
    case '>':
      return value > aim.bound;
  }
}

/** The aim in words: `≤ 1.2 ×`. */
export const aimText = ({ aim, unit }: Pick<Measurement, 'aim' | 'unit'>): string | null =>
  aim === null ? null : `${aim.relation} ${quantityText({ value: aim.bound, unit })}`;

export const toRecord = (measurement: Measurement): MeasurementRecord => ({
  id: measurement.id,
  value: measurement.value,
  unit: measurement.unit,
  aim: aimText(measurement),
  met: isMet(measurement),
});

/** Three digits that count, and no more: `1,204 requests/s`, `0.71 ×`. */
export const quantityText = ({ value, unit }: Quantity): string =>
  `${value.toLocaleString('en-US', value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 })} ${unit}`;
