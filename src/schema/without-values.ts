/** How graphql-js ends a message about an input object, naming fields and types alone. */
const ABOUT_A_FIELD =
  /(Field "\w+" (?:of required type "[\w![\]]+" was not provided|is not defined by type "\w+"))\.(?: Did you mean [\w", ]+\?)?$/;
const PLACE = /^.* at "([\w.[\]]+)"; /s;

/**
 * What graphql-js says of a request, without the values that it quotes: a password in the wrong place is still a password.
 * Names of fields, types and variables stay.
 */
export function withoutValues(message: string): string {
  const variable = /^Variable "\$(\w+)" got invalid value /.exec(message)?.[1];
  if (variable !== undefined) {
    const place = PLACE.exec(message)?.[1];
    const where = place === undefined ? '' : ` at "${place}"`;
    const why = ABOUT_A_FIELD.exec(message)?.[1];
    return `Variable "$${variable}" got an invalid value${where}${why === undefined ? '' : `: ${why}`}.`;
  }
  return message
    .replace(/\b(String|BlockString|Int|Float) ".*$/s, '$1.')
    .replace(/, found .*$/s, '.')
    .replace(/ has invalid value .*$/s, ' has an invalid value.')
    .replace(/ value: .*$/s, ' value.');
}
