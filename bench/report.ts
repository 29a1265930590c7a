import { aimText, isMet, quantityText, type Measurement } from './measurement.js';

const HEADINGS = ['id', 'measured', 'Portcullis', 'beside it', 'comes to', 'aim', 'met'] as const;

/** The cells of a measurement's row, in the order of the headings. */
function cellsOf(measurement: Measurement): readonly string[] {
  const { id, title, ours, peer, value, unit } = measurement;
  const met = isMet(measurement);
  return [
    id,
    title,
    ours ? quantityText(ours) : '',
    peer ? `${quantityText(peer)}, ${peer.name}` : '',
    quantityText({ value, unit }),
    aimText(measurement) ?? '',
    met === null ? '' : met ? 'yes' : 'no',
  ];
}

const rowsOf = (measurements: readonly Measurement[]) =>
  measurements.filter(({ isInDetail }) => !isInDetail).map(cellsOf);

/** The table for a terminal: columns that line up. */
export function textTable(measurements: readonly Measurement[]): string {
  const rows = [HEADINGS, ...rowsOf(measurements)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    line(HEADINGS),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...rows.slice(1).map(line),
    ...measurements.flatMap(({ id, detail }) => (detail ? ['', id, ...detail] : [])),
  ].join('\n');
}

/** The same table as Markdown, below the line that says where it was measured. */
export function markdownTable(measurements: readonly Measurement[], machine: string): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    machine,
    '',
    row(HEADINGS),
    row(HEADINGS.map(() => '---')),
    ...rowsOf(measurements).map(row),
    ...measurements.flatMap(({ id, detail }) =>
      detail ? ['', `\`${id}\`:`, '', '```text', ...detail, '```'] : [],
    ),
  ].join('\n');
}

/**
 * Puts results between the marks of a document that bear their name.
 * @throws Error where the document has no such marks
 */
export function withResults(document: string, results: string, name: string): string {
  const mark = { begin: `<!-- ${name}: begin -->`, end: `<!-- ${name}: end -->` };
  const begin = document.indexOf(mark.begin);
  const end = document.indexOf(mark.end);
  if (begin < 0 || end < begin)
    throw new Error(`The document lacks the marks ${mark.begin} and ${mark.end}.`);
  return `${document.slice(0, begin)}${mark.begin}\n\n${results}\n\n${document.slice(end)}`;
}
