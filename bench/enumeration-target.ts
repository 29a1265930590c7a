import { postGraphql } from './load.js';

/** A service that is asked about addresses, and addresses to ask it about: each is given out once. */
export interface EnumerationTarget {
  /** Whether the schema has a mutation of this name. */
  has(mutation: string): boolean;
  /** Makes an account that waits for its confirmation. @returns its address */
  readonly registered: () => Promise<string>;
  /** Makes an account that is confirmed. @returns its address */
  readonly confirmed: () => Promise<string>;
  /** An address that has no account. */
  readonly unknown: () => Promise<string>;
  login(email: string): Promise<void>;
  register(email: string): Promise<void>;
  resend(email: string): Promise<void>;
  forgot(email: string): Promise<void>;
}

const PASSWORD = 'Correct-Horse-9-Battery';
const WRONG = 'Correct-Horse-8-Battery';

const MUTATIONS = '{ __schema { mutationType { fields { name } } } }';
const REGISTER =
  'mutation ($input: RegisterInput!) { register(input: $input) { userId confirmed codeDelivery { destination } } }';
const CONFIRM = 'mutation ($input: ConfirmRegistrationInput!) { confirmRegistration(input: $input) }';
const LOGIN = 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }';
const RESEND = 'mutation ($email: EmailAddress!) { resendConfirmation(email: $email) { destination } }';
const FORGOT = 'mutation ($email: EmailAddress!) { forgotPassword(email: $email) { destination } }';

interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions: { readonly code: string } }[];
}

/** @param url of a service in development, whose mailbox can be read */
export async function openEnumerationTarget(url: string): Promise<EnumerationTarget> {
  let made = 0;
  const unknown = async () => `somebody-${String((made += 1)).padStart(6, '0')}@example.com`;

  /** @throws Error for an answer of another kind than all cases are to get */
  const ask = async (query: string, variables: object, code?: string): Promise<Answer> => {
    const answer = (await postGraphql(url, { query, variables: { ...variables } })) as Answer;
    const said = answer.errors?.[0]?.extensions.code;
    if (said !== code) throw new Error(`${url} answered ${JSON.stringify(answer)} to ${query}`);
    return answer;
  };

  const registered = async () => {
    const email = await unknown();
    await ask(REGISTER, { input: { email, password: PASSWORD } });
    return email;
  };

  const { data } = await ask(MUTATIONS, {});
  const schema = data?.['__schema'] as { mutationType: { fields: { name: string }[] } };
  const names = new Set(schema.mutationType.fields.map(({ name }) => name));

  return {
    has: (mutation) => names.has(mutation),
    registered,
    async confirmed() {
      const email = await registered();
      const response = await fetch(new URL('/dev/mailbox', url), { headers: { accept: 'application/json' } });
      const messages = (await response.json()) as { to: string; code: string }[];
      const code = messages.find(({ to }) => to === email)?.code;
      await ask(CONFIRM, { input: { email, code } });
      return email;
    },
    unknown,
    login: async (email) =>
      void (await ask(LOGIN, { input: { email, password: WRONG } }, 'INVALID_CREDENTIALS')),
    register: async (email) => void (await ask(REGISTER, { input: { email, password: PASSWORD } })),
    resend: async (email) => void (await ask(RESEND, { email })),
    forgot: async (email) => void (await ask(FORGOT, { email })),
  };
}
