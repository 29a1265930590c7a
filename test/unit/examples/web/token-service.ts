import type { StoredSession } from '../../../../examples/web/src/session/session-store.js';

interface Sent {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly token: string | undefined;
}

type Body = Readonly<Record<string, unknown>>;

/** What a request carries. */
export const textOf = (init: RequestInit | undefined): string =>
  typeof init?.body === 'string' ? init.body : '';

export const unauthenticated = (...path: string[]): Body => ({
  data: null,
  errors: [{ message: 'Sign in to do this.', path, extensions: { code: 'UNAUTHENTICATED' } }],
});

/** As much of a service as knows tokens: each refresh uses its token up, and makes the access token before it bad. */
export class TokenService {
  readonly sent: Sent[] = [];
  /** What is answered instead, while it is set; undefined is no answer at all. */
  refuseRefresh: (() => Body | undefined) | null = null;
  rotates = true;
  private count = 0;

  /** @param session whose access token has run out, and whose refresh token is good */
  constructor(private session: StoredSession) {}

  readonly fetch: typeof globalThis.fetch = async (_url, init) => {
    const { query, variables } = JSON.parse(textOf(init)) as Omit<Sent, 'token'>;
    const token = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '');
    this.sent.push({ query, variables, token });
    const body = query.includes('refreshTokens') ? this.refresh(variables) : this.run(token);
    if (body === undefined) throw new TypeError('Failed to fetch');
    return Response.json(body);
  };

  get refreshes(): Sent[] {
    return this.sent.filter(({ query }) => query.includes('refreshTokens'));
  }

  get operations(): Sent[] {
    return this.sent.filter(({ query }) => !query.includes('refreshTokens'));
  }

  private run(token: string | undefined): Body {
    const isGood = this.count > 0 && token === this.session.accessToken;
    return isGood ? { data: { logout: true, ran: token } } : unauthenticated('logout');
  }

  private refresh({ refreshToken }: Readonly<Record<string, unknown>>): Body | undefined {
    if (this.refuseRefresh !== null) return this.refuseRefresh();
    if (refreshToken !== this.session.refreshToken) return unauthenticated('refreshTokens');
    this.count++;
    const accessToken = `access-${this.count}`;
    const next = this.rotates ? `refresh-${this.count}` : null;
    this.session = { ...this.session, accessToken, refreshToken: next ?? this.session.refreshToken };
    return { data: { refreshTokens: { accessToken, refreshToken: next } } };
  }
}
