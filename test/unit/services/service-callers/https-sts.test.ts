import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, it } from 'vitest';

import { createHttpsSts } from '../../../../src/services/service-callers/https-sts.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/?Action=GetCallerIdentity`;
}

const sts = createHttpsSts({ audience: 'portcullis.test' });

it('sends the request as it is, with the audience, and asks for JSON', async () => {
  let seen: { url: string | undefined; headers: IncomingHttpHeaders } | undefined;
  const url = await serve(({ url: path, headers }, response) => {
    seen = { url: path, headers };
    response.writeHead(403).end('{"Error":{}}');
  });
  expect(await sts(url)).toEqual({ status: 403, body: '{"Error":{}}' });
  expect(seen).toMatchObject({
    url: '/?Action=GetCallerIdentity',
    headers: { 'x-portcullis-audience': 'portcullis.test', accept: 'application/json' },
  });
  expect(Object.keys(seen?.headers ?? {})).not.toContain('authorization');
});

it('follows no redirect', async () => {
  const paths: (string | undefined)[] = [];
  const url = await serve(({ url: path }, response) => {
    paths.push(path);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect(await sts(url)).toEqual({ status: 302, body: '' });
  expect(paths).toEqual(['/?Action=GetCallerIdentity']);
});

it('gives up who does not begin to answer, or does not end', async () => {
  const hasty = createHttpsSts({ audience: 'portcullis.test', timeoutMs: 200 });
  await expect(hasty(await serve(() => undefined))).rejects.toThrow(/timeout/);
  server?.closeAllConnections();
  server?.close();
  await expect(
    hasty(await serve((_request, response) => void response.writeHead(200).write('{'))),
  ).rejects.toThrow(/timeout/);
});

it('reads no more than an answer has', async () => {
  const url = await serve((_request, response) => {
    const fill = () => {
      while (response.write('x'.repeat(65_536)));
    };
    response.writeHead(200);
    response.on('drain', fill);
    fill();
  });
  await expect(sts(url)).rejects.toThrow('more than it has to say');
});

it('rejects where nobody listens', async () => {
  const url = await serve(() => undefined);
  const closing = server;
  await new Promise((resolve) => closing?.close(resolve));
  await expect(sts(url)).rejects.toThrow();
});
