import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import pino from 'pino';

import { createApp, type App, type Foundations } from '../../src/app.js';
import { parseConfig } from '../../src/config.js';
import {
  ConfirmRegistrationDocument,
  RegisterDocument,
  SignInDocument,
  type TypedDocumentString,
  type UserType,
} from '../operations/generated.js';
import { hashCheaply } from './cheap-passwords.js';
import { openTestDatabase } from './database.js';
import { GENEROUS_LIMITS } from './generous-limits.js';
import { testRandomness } from './test-randomness.js';

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: {
    readonly code: string;
    readonly requestId: string;
    readonly retry: { readonly retryable: boolean; readonly retryAfter: number | null };
    readonly details?: Record<string, unknown>;
  };
}

/** An answer of the running service; what a test reads from `data` it says itself. */
export interface GraphqlAnswer<Data> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly data: Data;
  readonly errors: readonly GraphqlError[];
  /** `CODE at path` of each error. */
  readonly faults: readonly string[];
  readonly extensions: Record<string, unknown> | undefined;
}

export interface AskOptions {
  readonly token?: string | undefined;
  readonly headers?: Record<string, string>;
}

/** May be left out where the operation needs no variables. */
export type TypedOptions<Variables, Options = AskOptions> =
  Record<string, never> extends Variables
    ? [options?: Options & { variables?: Variables }]
    : [options: Options & { variables: Variables }];

export interface SignedIn {
  readonly accessToken: string;
  readonly idToken: string;
  readonly refreshToken: string;
  readonly session: { readonly id: string };
  readonly user: { readonly id: string };
}

interface Seeded {
  readonly password: string;
  readonly userType: UserType;
}

export interface MailboxEntry {
  readonly to: string;
  readonly kind: string;
  readonly code: string;
  readonly sentAt: string;
}

/** The password that people get whom a test makes. */
export const PASSWORD = 'Correct-Horse-9-Battery';

/**
 * The service, listening on a port of its own; its database is in memory unless DATABASE_URL names one. Its limits are generous,
 * unless RATE_LIMITS is given: an empty one has the service's own.
 */
export class RunningApp {
  private constructor(
    readonly app: App,
    readonly url: string,
    /** Where routers ask; undefined without COPROCESSOR_PORT. */
    readonly coprocessorUrl: string | undefined,
    private readonly folder: string,
    private readonly seeded: ReadonlyMap<string, Seeded>,
  ) {}

  static async start(
    env: Record<string, string> = {},
    foundations: Partial<Foundations> = {},
  ): Promise<RunningApp> {
    const folder = await mkdtemp(join(tmpdir(), 'portcullis-test-'));
    const config = parseConfig({
      DATA_DIR: folder,
      PORT: '0',
      BREACHED_PASSWORDS: 'off',
      ...GENEROUS_LIMITS,
      ...env,
    });
    const app = await createApp(config, {
      logger: pino({ level: 'silent' }),
      randomness: testRandomness,
      hashPassword: hashCheaply,
      // What is paced is tested by itself: nobody here measures how long an answer takes.
      pace: (work) => work(),
      ...(env.DATABASE_URL === undefined && { openDatabase: openTestDatabase }),
      ...foundations,
    });
    await app.warmUp();
    const url = await app.server.listen({ host: '127.0.0.1', port: 0 });
    const coprocessorUrl = await app.coprocessor?.server.listen({ host: '127.0.0.1', port: 0 });
    return new RunningApp(app, url, coprocessorUrl, folder, await readSeeded(folder));
  }

  async stop(): Promise<void> {
    const closed = this.app.close();
    // `fetch` has opened connections in reserve, whose first request Node would wait for.
    this.app.draining.cutOff();
    this.app.coprocessor?.draining.cutOff();
    await closed;
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Posts one operation: one of test/operations, whose data and variables the schema knows, or any text. */
  ask<Data, Variables>(
    operation: TypedDocumentString<Data, Variables>,
    ...options: TypedOptions<Variables>
  ): Promise<GraphqlAnswer<Data | null>>;
  ask<Data = Record<string, unknown>>(
    operation: string,
    options?: AskOptions & { variables?: Record<string, unknown> },
  ): Promise<GraphqlAnswer<Data>>;
  async ask(
    operation: string | TypedDocumentString<unknown, unknown>,
    options: AskOptions & { variables?: unknown } = {},
  ): Promise<GraphqlAnswer<unknown>> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...options.headers,
      },
      body: JSON.stringify({ query: operation, variables: options.variables }),
    });
    return readAnswer(response);
  }

  passwordOf(email: string): string {
    const seeded = this.seeded.get(email);
    if (seeded === undefined) throw new Error(`Nobody is seeded as ${email}.`);
    return seeded.password;
  }

  /** Signs in someone of the seed data, or with the password and pool given. */
  async signIn(
    email: string,
    {
      password,
      userType,
      headers = {},
    }: { password?: string; userType?: UserType; headers?: Record<string, string> } = {},
  ): Promise<SignedIn> {
    const seeded = this.seeded.get(email);
    const { data, text } = await this.ask(SignInDocument, {
      headers,
      variables: {
        input: {
          email,
          password: password ?? seeded?.password ?? PASSWORD,
          userType: userType ?? seeded?.userType ?? 'END_USER',
        },
      },
    });
    const login = data?.login;
    if (login?.__typename !== 'Authenticated' || login.refreshToken === null || login.user === null) {
      throw new Error(`${email} could not sign in: ${text}`);
    }
    return { ...login, refreshToken: login.refreshToken, user: login.user };
  }

  /** Makes a confirmed end user, by the road that people take. */
  async signUp(email: string): Promise<SignedIn> {
    await this.ask(RegisterDocument, { variables: { input: { email, password: PASSWORD } } });
    const { data, text } = await this.ask(ConfirmRegistrationDocument, {
      variables: { input: { email, code: await this.latestCode(email) } },
    });
    if (data?.confirmRegistration !== true) throw new Error(`${email} could not sign up: ${text}`);
    return this.signIn(email, { password: PASSWORD });
  }

  async mailbox(): Promise<readonly MailboxEntry[]> {
    const response = await fetch(`${this.url}/dev/mailbox`, { headers: { accept: 'application/json' } });
    return (await response.json()) as MailboxEntry[];
  }

  async latestCode(email: string): Promise<string> {
    const message = (await this.mailbox()).find(({ to }) => to === email);
    if (message === undefined) throw new Error(`No mail went to ${email}.`);
    return message.code;
  }
}

export async function readAnswer<Data>(response: Response): Promise<GraphqlAnswer<Data>> {
  const text = await response.text();
  const body = JSON.parse(text) as {
    data?: Data;
    errors?: GraphqlError[];
    extensions?: Record<string, unknown>;
  };
  const errors = body.errors ?? [];
  return {
    status: response.status,
    headers: response.headers,
    text,
    data: body.data as Data,
    errors,
    faults: errors.map(({ extensions, path }) =>
      path === undefined ? extensions.code : `${extensions.code} at ${path.join('.')}`,
    ),
    extensions: body.extensions,
  };
}

async function readSeeded(folder: string): Promise<Map<string, Seeded>> {
  const text = await readFile(join(folder, 'seed-credentials'), 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [email = '', password = '', userType = ''] = line.split(' ');
      return [email, { password, userType: userType as UserType }];
    }),
  );
}
