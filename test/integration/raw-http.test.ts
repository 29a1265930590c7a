import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createLogger } from '../../src/services/create-logger.js';
import { RunningApp, type GraphqlError } from '../support/running-app.js';

interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

const ME = JSON.stringify({ query: '{ me { id } }' });
const LOGIN = JSON.stringify({
  query: 'mutation { login(input: { email: "nobody@example.com", password: "hush" }) { __typename } }',
});

let app: RunningApp;
let lines: Record<string, unknown>[];
beforeAll(async () => {
  const logger = createLogger('debug', {
    write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  lines = [];
  app = await RunningApp.start({}, { logger });
});
afterAll(() => app.stop());
beforeEach(() => {
  lines = [];
});

/** A connection that sends bytes as they are; it has heard everything when the service hangs up. */
function open() {
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  let heard = '';
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
  return { socket, answers: once(socket, 'close').then(() => readAnswers(heard)) };
}

async function send(...chunks: readonly (string | Buffer)[]): Promise<readonly RawAnswer[]> {
  const { socket, answers } = open();
  for (const chunk of chunks) socket.write(chunk);
  return answers;
}

function readAnswers(heard: string): readonly RawAnswer[] {
  if (heard === '') return [];
  const end = heard.indexOf('\r\n\r\n') + 4;
  const [statusLine = '', ...fields] = heard.slice(0, end - 4).split('\r\n');
  const headers = new Map(
    fields.map((field) => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
    }),
  );
  const next = end + Number(headers.get('content-length') ?? 0);
  const answer = { status: Number(statusLine.split(' ')[1]), headers, text: heard.slice(end, next) };
  return [answer, ...readAnswers(heard.slice(next))];
}

const post = (body: string | Buffer, fields: readonly string[] = []) =>
  `${['POST /graphql HTTP/1.1', 'Host: x', `Content-Length: ${body.length}`, ...fields].join('\r\n')}\r\n\r\n${body.toString('latin1')}`;
const JSON_BODY = 'Content-Type: application/json';
const LAST = 'Connection: close';
const get = (path: string, ...fields: readonly string[]) =>
  `${[`GET ${path} HTTP/1.1`, ...fields, LAST].join('\r\n')}\r\n\r\n`;

const codeOf = ({ text }: RawAnswer) =>
  (JSON.parse(text) as { errors: readonly GraphqlError[] }).errors[0]?.extensions.code;

describe('what cannot be routed', () => {
  it.each<[string, number, string | null, string]>([
    ['no HTTP', 400, null, 'NO HTTP\r\n\r\n'],
    ['headers by the kilobyte', 431, null, get('/livez', 'Host: x', `X: ${'x'.repeat(20_000)}`)],
    ['an address that is none', 400, 'GET', get('/%zz', 'Host: x')],
    ['no Host', 400, 'GET', get('/livez')],
    ['an expectation that nobody meets', 417, 'GET', get('/livez', 'Host: x', 'Expect: gold')],
    [
      'a chunk that is none',
      400,
      'POST',
      `POST /graphql HTTP/1.1\r\nHost: x\r\n${JSON_BODY}\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n\r\n`,
    ],
  ])('is refused like everything else: %s', async (_what, status, method, request) => {
    const [answer, ...more] = await send(request);
    expect([answer?.status, more]).toEqual([status, []]);
    const { headers, text } = answer as RawAnswer;
    const requestId = headers.get('x-request-id');
    expect(requestId).toMatch(/^[\da-f-]{36}$/);
    expect(JSON.parse(text)).toEqual({
      errors: [
        {
          message: expect.any(String) as string,
          extensions: { code: 'BAD_REQUEST', requestId, retry: { retryable: false, retryAfter: null } },
        },
      ],
    });
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-security-policy': expect.stringContaining("default-src 'none'") as string,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      connection: 'close',
    });
    await expect
      .poll(() => lines)
      .toMatchObject([{ requestId, method, status, caller: 'direct', msg: 'A request was answered.' }]);
  });

  it('waits for the answer to what was sent before it', async () => {
    const answers = await send(post(LOGIN, [JSON_BODY]) + 'NO HTTP\r\n\r\n', 'STILL NONE\r\n\r\n');
    expect(answers.map(({ status }) => status)).toEqual([200, 400]);
    expect(answers[0]?.text).toContain('INVALID_CREDENTIALS');
    expect(answers[0]?.headers.get('connection')).not.toBe('close');
  });

  it('is not answered on a connection that closes with the answer before it', async () => {
    const answers = await send(post(LOGIN, [JSON_BODY, LAST]) + 'NO HTTP\r\n\r\n');
    expect(answers.map(({ status }) => status)).toEqual([200]);
  });

  it('is refused in the middle of a body that is being read', async () => {
    const { socket, answers } = open();
    const fields = [JSON_BODY, 'Transfer-Encoding: chunked', 'Expect: 100-continue'];
    socket.write(`${['POST /graphql HTTP/1.1', 'Host: x', ...fields].join('\r\n')}\r\n\r\n`);
    await once(socket, 'data');
    socket.write(`${ME.length.toString(16)}\r\n${ME}\r\nZZ\r\n\r\n`);
    const [goOn, refusal, ...more] = await answers;
    expect([goOn?.status, refusal?.status, more]).toEqual([100, 400, []]);
    expect(refusal && codeOf(refusal)).toBe('BAD_REQUEST');
    expect(refusal?.headers.get('connection')).toBe('close');
  });

  it('is not answered where it belongs to a request that was answered', async () => {
    const { socket, answers } = open();
    socket.write('PUT /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    await once(socket, 'data');
    socket.write('ZZ\r\n\r\n');
    expect((await answers).map(({ status }) => status)).toEqual([404]);
  });
});

describe('Host', () => {
  it.each(['HTTP/1.0\r\n', 'HTTP/1.0\r\nHost: x\r\n'])('need not be sent by a probe of %s', async (rest) => {
    const answers = await send(`GET /livez ${rest}\r\n`);
    expect(answers.map(({ status, text }) => [status, text])).toEqual([[200, '{"status":"up"}']]);
  });

  it('has to be sent by who asks more', async () => {
    const [answer] = await send(`GET /graphql HTTP/1.0\r\n\r\n`);
    expect(answer?.status).toBe(400);
  });

  it.each(['x', 'x:', 'x:80', 'my_service:4000', '127.0.0.1:4000', '[::1]:4000', 'xn--bcher-kva.example'])(
    'may be %s',
    async (host) => {
      const [answer] = await send(get('/livez', `Host: ${host}`));
      expect(answer?.status).toBe(200);
    },
  );

  it.each([
    ...['', 'a b', 'a/b', 'a?b', 'a#b', 'a\\b', 'user@a', 'a:b', 'a:99999', '[::1', '::1', '[x]', '%zz', 'ä'],
    'x\r\nHost: y',
    'x\r\nHost: x',
  ])('is refused as %j', async (host) => {
    const [answer] = await send(get('/livez', `Host: ${host}`));
    expect([answer?.status, answer && codeOf(answer)]).toEqual([400, 'BAD_REQUEST']);
  });
});

describe('/graphql', () => {
  it.each([
    ['compressed', [JSON_BODY, 'Content-Encoding: gzip'], gzipSync(ME)],
    ['said to be compressed', [JSON_BODY, 'Content-Encoding: gzip'], ME],
    ['in UTF-16', ['Content-Type: application/json; charset=utf-16'], ME],
    ['in UTF-16, quoted', ['Content-Type: application/json; v=1; Charset="UTF-16LE"'], ME],
    ['XML', ['Content-Type: application/xml'], ME],
  ])('refuses a body that is %s', async (_what, fields, body) => {
    const [answer] = await send(Buffer.from(post(body, [...fields, LAST]), 'latin1'));
    expect([answer?.status, answer && codeOf(answer)]).toEqual([415, 'BAD_REQUEST']);
    expect(answer?.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    [JSON_BODY],
    [`${JSON_BODY}; charset=utf-8`],
    [`${JSON_BODY};charset="UTF-8"`],
    [JSON_BODY, 'Content-Encoding: identity'],
  ])('takes a body with %s', async (...fields) => {
    const [answer] = await send(post(ME, [...fields, LAST]));
    expect([answer?.status, answer?.text.trim()]).toEqual([200, '{"data":{"me":null}}']);
  });

  it.each(['PUT', 'DELETE', 'PATCH', 'PROPFIND', 'HEAD'])('does not know the method %s', async (method) => {
    const response = await fetch(`${app.url}/graphql?x`, {
      method,
      headers: { 'content-type': 'application/json', 'apollo-require-preflight': '1' },
      ...(method !== 'HEAD' && { body: 'no JSON' }),
    });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['no JSON', 400],
    [' '.repeat(2_000_000), 413],
    [JSON.stringify({ query: '{'.repeat(20_000) }), 400],
  ])('has no refusal kept', async (body, status) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect([response.status, response.headers.get('cache-control')]).toEqual([status, 'no-store']);
  });
});

it('what is hidden is not there for its own method either', async () => {
  const [answer] = await send(get('/dev/mailbox', 'Host: example.com'));
  expect([answer?.status, answer && codeOf(answer), answer?.headers.get('allow')]).toEqual([
    404,
    'NOT_FOUND',
    undefined,
  ]);
});

it('a request has half a minute to arrive, its body included', () => {
  const { headersTimeout, requestTimeout } = app.app.server.server;
  // Node takes the larger one for the whole.
  expect([headersTimeout, requestTimeout]).toEqual([30_000, 30_000]);
});
