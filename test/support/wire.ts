import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a real Redis that can be cut, or made to swallow everything, and that knows what it was sent. */
export class Wire {
  isDeaf = false;
  #sent = '';
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  port = 0;

  constructor(readonly target: URL) {}

  async open(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(Number(this.target.port), this.target.hostname);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => [near, far].forEach((end) => end.destroy()));
      }
      near.on('data', (chunk) => {
        this.#sent += chunk.toString('latin1');
        if (!this.isDeaf) far.write(chunk);
      });
      far.pipe(near);
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** How many scripts and pings have arrived so far, over all connections. */
  get sent(): { readonly scripts: number; readonly pings: number } {
    const count = (command: RegExp) => this.#sent.match(command)?.length ?? 0;
    return { scripts: count(/\r\neval(?:sha)?\r\n/gi), pings: count(/\r\nping\r\n/gi) };
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
