import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What the line does with the bytes on it. */
type Condition =
  | { readonly kind: 'good' }
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Nothing arrives and nothing is refused: whoever waits for an answer waits. */
  | { readonly kind: 'dead' };

interface Line {
  readonly inner: Socket;
  readonly outer: Socket;
  /** Whether it is as good as cut, but nobody was told. */
  isAbandoned: boolean;
}

/** A line between a part of Saldo and a server that it needs, to be cut, slowed and silenced. */
export class TcpProxy {
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  #condition: Condition = { kind: 'good' };

  private constructor(target: number) {
    this.#server = createServer((inner) => this.#open(inner, target));
  }

  /** Listens on a free port of 127.0.0.1 and passes everything on to the `target` port there. */
  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Every connection ends with a reset, wherever its bytes are. New ones are welcome. */
  cut(): void {
    for (const { inner, outer } of this.#lines) {
      inner.resetAndDestroy();
      outer.resetAndDestroy();
    }
  }

  /** Every piece of data takes so long, in either direction. */
  slowDown(delayMs: number): void {
    this.#condition = { kind: 'slow', delayMs };
  }

  /** What is sent from now on is lost, in either direction, on old connections and on new ones. */
  silence(): void {
    this.#condition = { kind: 'dead' };
  }

  /** The connections that there are stay open, and nothing arrives on them any more. New ones are good. */
  abandon(): void {
    for (const line of this.#lines) line.isAbandoned = true;
  }

  /** The line is good again. Connections that lost bytes are of no use any more: they end. */
  mend(): void {
    if (this.#condition.kind === 'dead') this.cut();
    this.#condition = { kind: 'good' };
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #open(inner: Socket, target: number): void {
    const outer = connect(target, '127.0.0.1');
    const line: Line = { inner, outer, isAbandoned: false };
    this.#lines.add(line);
    this.#pass(inner, outer, line);
    this.#pass(outer, inner, line);
    for (const socket of [inner, outer]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        inner.destroy();
        outer.destroy();
        this.#lines.delete(line);
      });
    }
  }

  #pass(from: Socket, to: Socket, line: Line): void {
    // One piece after the other, so that a slow line keeps their order.
    let before = Promise.resolve();
    from.on('data', (piece) => {
      const condition = this.#condition;
      if (condition.kind === 'dead' || line.isAbandoned) return;
      const waited = condition.kind === 'slow' ? passing(condition.delayMs) : undefined;
      before = before.then(() => waited).then(() => void (to.writable && to.write(piece)));
    });
    from.on('end', () => void before.then(() => to.end()));
  }
}

function passing(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
