import {
  parse,
  protocol,
  type PGlite,
  type QueryOptions,
  type Results,
  type Transaction,
} from '@electric-sql/pglite';

const { serialize } = protocol;

type Messages = Awaited<ReturnType<PGlite['execProtocol']>>['messages'];

/** A statement that PostgreSQL has parsed and keeps under a name. */
interface Statement {
  readonly name: string;
  readonly parameterTypes: readonly number[];
  /** What its rows consist of; empty for one that answers none. */
  readonly description: Messages;
}

/** How many statements are kept. The service has some hundred; a list of another length is another one. */
const CAPACITY = 128;

/** What PostgreSQL can keep and anybody asks for twice. */
const WORTH_KEEPING = /^\s*(?:select|insert|update|delete|with)\s/i;

/**
 * A PGlite for drizzle that has each statement parsed once and run in one call. PGlite itself has it parsed anew every time,
 * and crosses into WebAssembly six times for it, which takes three times as long. Schema changes are for the time before the
 * first query: PostgreSQL refuses a kept statement whose columns have changed.
 */
export class PreparedPGlite implements Pick<PGlite, 'query' | 'transaction'> {
  readonly #client: PGlite;
  /** The least recently used first. */
  readonly #statements = new Map<string, Statement>();
  #named = 0;

  constructor(client: PGlite) {
    this.#client = client;
  }

  async query<T>(text: string, values: unknown[] = [], options: QueryOptions = {}): Promise<Results<T>> {
    if (!WORTH_KEEPING.test(text)) return this.#client.query(text, values, options);
    // Waits for a transaction under way, whose connection it shares.
    return this.#client._runExclusiveTransaction(() => this.#runAlone<T>(text, values, options));
  }

  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.#client.transaction((transaction) =>
      work({
        ...transaction,
        query: <Row>(text: string, values: unknown[] = [], options: QueryOptions = {}) =>
          WORTH_KEEPING.test(text)
            ? this.#runAlone<Row>(text, values, options)
            : transaction.query<Row>(text, values, options),
      }),
    );
  }

  #runAlone<T>(text: string, values: unknown[], options: QueryOptions): Promise<Results<T>> {
    return this.#client.runExclusive(async () => {
      await this.#client._checkReady();
      return this.#run<T>(text, values, options);
    });
  }

  async #run<T>(text: string, values: unknown[], options: QueryOptions): Promise<Results<T>> {
    const statement = await this.#statementOf(text);
    const answer = await this.#exchange(
      serialize.bind({
        statement: statement.name,
        values: values.map((value, index) => this.#encode(value, statement.parameterTypes[index])),
      }),
      serialize.execute({}),
    );
    const { parsers, ...others } = options;
    // To inherit from the parsers of all types is a hundred times as fast as to copy them, as PGlite would.
    const effective = Object.assign(Object.create(this.#client.parsers) as PGlite['parsers'], parsers);
    const [results] = parse.parseResults([...statement.description, ...answer], effective, others);
    return results as Results<T>;
  }

  async #statementOf(text: string): Promise<Statement> {
    const known = this.#statements.get(text);
    this.#statements.delete(text);
    const statement = known ?? (await this.#prepare(text));
    this.#statements.set(text, statement);
    return statement;
  }

  async #prepare(text: string): Promise<Statement> {
    const [outdated] = this.#statements.size < CAPACITY ? [] : this.#statements;
    if (outdated !== undefined) {
      this.#statements.delete(outdated[0]);
      await this.#exchange(serialize.close({ type: 'S', name: outdated[1].name }));
    }
    const name = `prepared-${(this.#named += 1)}`;
    const messages = await this.#exchange(
      serialize.parse({ name, text }),
      serialize.describe({ type: 'S', name }),
    );
    return {
      name,
      parameterTypes: parse.parseDescribeStatementResults(messages),
      description: messages.filter((message) => message.name === 'rowDescription'),
    };
  }

  /** @throws what PostgreSQL says in place of an answer, after which it is ready for the next exchange */
  async #exchange(...parts: readonly Uint8Array[]): Promise<Messages> {
    const message = Buffer.concat([...parts, serialize.sync()]);
    // Neither a folder nor memory has anything to be synchronised with.
    const { messages } = await this.#client.execProtocol(message, { syncToFs: false });
    return messages;
  }

  #encode(value: unknown, type: number | undefined): string | null {
    if (value === null || value === undefined) return null;
    const serializer = type === undefined ? undefined : this.#client.serializers[type];
    return serializer ? serializer(value) : (value as { toString(): string }).toString();
  }
}
