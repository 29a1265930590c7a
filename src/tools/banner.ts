import { isIPv6 } from 'node:net';

export interface BannerFacts {
  readonly host: string;
  /** The port that is listened on, never 0. */
  readonly port: number;
  readonly graphqlPath: string;
  /** Where routers ask, if they do. */
  readonly coprocessorUrl?: string | undefined;
  readonly mode: 'embedded' | 'aws';
  /** Where data is kept: a folder, or what stands for a server without its password. */
  readonly dataLocation: string;
  readonly seeded: readonly SeededFacts[];
  /** Where people are embedded: whether administrators must have a second factor. */
  readonly adminMfa?: 'required' | 'optional' | undefined;
  /** The file with the passwords of who was seeded, if there is one. */
  readonly credentialsPath?: string | undefined;
  /** The file with the secrets of the services that were seeded, if there is one. */
  readonly serviceCredentialsPath?: string | undefined;
  /** From the process's start until it was ready. */
  readonly startedInMs: number;
  /** Whether there are development pages to name. */
  readonly development: boolean;
}

interface SeededFacts {
  readonly email: string;
  readonly userType: string;
  readonly roles: readonly string[];
}

/** `http://host:port`, an IPv6 address in brackets (RFC 3986, section 3.2.2). */
export const baseUrl = (host: string, port: number): string =>
  `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;

/** What is said where administrators need no second factor. */
export const adminMfaNotice = ({ development }: Pick<BannerFacts, 'development'>): string =>
  development
    ? 'administrators need no second factor: they are for demonstration. ADMIN_MFA=required asks for one'
    : 'administrators need no second factor. ADMIN_MFA=required asks for one';

/** What is printed once the service is ready. Holds no secret; its one line with `ready on` ends in the address. */
export function banner(facts: BannerFacts): string {
  const url = baseUrl(facts.host, facts.port);
  const lines: readonly (readonly [label: string, text: string] | undefined)[] = [
    ['Mode', facts.mode],
    facts.coprocessorUrl === undefined ? undefined : ['Coprocessor', facts.coprocessorUrl],
    ['Data', facts.dataLocation],
    ...facts.seeded.map(
      ({ email, userType, roles }, index) =>
        [index === 0 ? 'People' : '', `${email} (${userType}, ${roles.join(', ')})`] as const,
    ),
    facts.credentialsPath === undefined ? undefined : ['Passwords', facts.credentialsPath],
    facts.adminMfa === 'optional' ? ['MFA', adminMfaNotice(facts)] : undefined,
    facts.serviceCredentialsPath === undefined ? undefined : ['Services', facts.serviceCredentialsPath],
    facts.development ? ['Playground', `${url}/`] : undefined,
    facts.development && facts.mode === 'embedded' ? ['Mailbox', `${url}/dev/mailbox`] : undefined,
    ['Started in', `${(facts.startedInMs / 1000).toFixed(2)} s`],
  ];
  const details = lines.flatMap((line) => (line === undefined ? [] : [`  ${line[0].padEnd(12)}${line[1]}`]));
  return ['', `Portcullis is ready on ${url}${facts.graphqlPath}`, ...details, ''].join('\n');
}
