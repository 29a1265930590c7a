import type { Config } from './parse-config.js';
import { VARIABLES, VARIABLE_NAMES } from './variables.js';
import type { Variable } from './variables.js';

/** What is in force, one variable a line with where it comes from. Secrets are hidden. */
export function describeConfig(config: Pick<Config, 'settings'>): string {
  const width = Math.max(...config.settings.map(({ name }) => name.length));
  return config.settings
    .map(
      ({ name, shown, origin }) =>
        `${name.padEnd(width)}  ${shown ?? '-'}  (${shown === undefined ? 'not set' : origin})`,
    )
    .join('\n');
}

/** The table of all variables, in Markdown, for the documentation. */
export function documentVariables(): string {
  const rows = VARIABLE_NAMES.map((name) => {
    const { default: fallback, defaultNote, description }: Variable<unknown> = VARIABLES[name];
    const shownDefault = defaultNote ?? (fallback === undefined ? '' : `\`${fallback}\``);
    return [`\`${name}\``, shownDefault, description] as const;
  });
  const header = ['variable', 'default', 'what it is'] as const;
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [header, rule, ...rows].map(line).join('');
}
