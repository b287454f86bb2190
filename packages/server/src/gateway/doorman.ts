import type { IncomingMessage } from "node:http";
import type { ErrorCode } from "@tidings/core/errors";

export interface DoormanOptions {
  /** Web pages that may connect, as `https://chat.example`; `"*"` for any. Clients that are no browsers say none. */
  readonly origins: readonly string[] | "*";
  /** Pages of this machine may connect too, whatever their port: for a server that only this machine can reach. */
  readonly allowsLocalPages: boolean;
  readonly path: string;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** Reverse proxies of ours in front: so many entries from the right of `X-Forwarded-For` are to be believed. */
  readonly trustedProxies: number;
}

export type Admission =
  | { readonly ok: true; readonly address: string }
  | { readonly ok: false; readonly status: 403 | 404 | 503; readonly code: ErrorCode };

/** Decides about a connection before it costs anything: from the request alone, before the upgrade. */
export class Doorman {
  readonly #options: DoormanOptions;
  readonly #byAddress = new Map<string, number>();
  #count = 0;
  isClosed = false;

  constructor(options: DoormanOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /** If it is admitted, `leave` must follow one day. */
  admit(request: IncomingMessage): Admission {
    const isHere = request.url?.split("?", 1)[0] === this.#options.path;
    return isHere ? this.admitLink(request) : { ok: false, status: 404, code: "connection/failed" };
  }

  /** Like `admit`, wherever it knocked. */
  admitLink(request: IncomingMessage): Admission {
    const { connections, connectionsPerAddress } = this.#options;
    const address = this.addressOf(request);
    const here = this.#byAddress.get(address) ?? 0;
    if (this.isClosed) return { ok: false, status: 503, code: "server/draining" };
    if (!this.isWelcome(request)) return { ok: false, status: 403, code: "auth/origin" };
    if (this.#count >= connections || here >= connectionsPerAddress) {
      return { ok: false, status: 503, code: "server/full" };
    }
    this.#count += 1;
    this.#byAddress.set(address, here + 1);
    return { ok: true, address };
  }

  leave(address: string): void {
    this.#count -= 1;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(address, left);
    else this.#byAddress.delete(address);
  }

  /** May the page that asks, if it is one, use this server? */
  isWelcome({ headers: { origin, host } }: IncomingMessage): boolean {
    const { origins, allowsLocalPages } = this.#options;
    if (origin === undefined || origins === "*" || origins.includes(origin)) return true;
    const page = URL.canParse(origin) ? new URL(origin) : undefined;
    if (!page) return false;
    return page.host === host || (allowsLocalPages && localNames.has(page.hostname));
  }

  /** Where a request comes from, as far as it is to be believed. */
  addressOf({ headers, socket }: IncomingMessage): string {
    const direct = socket.remoteAddress ?? "";
    const { trustedProxies } = this.#options;
    const forwarded = headers["x-forwarded-for"];
    if (trustedProxies === 0 || typeof forwarded !== "string") return direct;
    return forwarded.split(",").at(-trustedProxies)?.trim() ?? direct;
  }
}

const localNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
