import type { FetchLike, WebSocketConstructor, WebSocketLike } from "../../src/index.ts";
import type { Endpoint } from "./endpoint.ts";
import { claimsOf } from "./identity.ts";
import type { SocketTaker } from "./session.ts";

/** How one client reaches an endpoint in the same process, without a network: for tests on simulated time. */
export interface Loopback {
  readonly fetch: FetchLike;
  readonly WebSocket: WebSocketConstructor;
  /** Breaks whatever is under way, and ends every socket without a word. */
  cut(): void;
  /** Nothing is reached. */
  isOffline: boolean;
}

/** Where the endpoint is, as far as its clients know. */
export const ORIGIN = "https://appsync.test";

export function createLoopback(endpoint: Endpoint): Loopback {
  const breaks = new Set<() => void>();
  const later = (work: () => void): void => void Promise.resolve().then(work);

  const fetch: FetchLike = (url, { headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const fail = (): void => {
        breaks.delete(fail);
        reject(new TypeError("fetch failed"));
      };
      if (loopback.isOffline || signal.aborted) return later(fail);
      breaks.add(fail);
      signal.addEventListener("abort", fail, { once: true });
      const path = new URL(url).pathname;
      endpoint.post({ path, headers: claimsOf(headers), body }, (answer) => {
        signal.removeEventListener("abort", fail);
        if (!answer) return fail();
        breaks.delete(fail);
        const { status, body: text } = answer;
        resolve({ status, headers: { get: () => null }, text: () => Promise.resolve(text) });
      });
    });

  class LoopbackSocket implements WebSocketLike {
    onopen: (() => void) | null = null;
    onmessage: ((event: { readonly data: string }) => void) | null = null;
    onerror: (() => void) | null = null;
    onclose: ((event: { readonly code: number }) => void) | null = null;
    #session: SocketTaker | undefined;
    #isOver = false;

    constructor(url: string, protocols: string[]) {
      const { pathname: path, searchParams: query } = new URL(url);
      breaks.add(this.#break);
      later(() => {
        if (this.#isOver) return;
        if (loopback.isOffline) return this.#end(1006);
        const socket = {
          send: (data: string) => later(() => !this.#isOver && this.onmessage?.({ data })),
          close: (code: number) => later(() => this.#end(code)),
        };
        this.#session = endpoint.connect({ path, query, protocols }, socket);
        this.onopen?.();
      });
    }

    send(data: string): void {
      later(() => !this.#isOver && this.#session?.received(data));
    }

    close(code = 1000): void {
      later(() => this.#end(code));
    }

    #break = (): void => this.#end(1006);

    #end(code: number): void {
      if (this.#isOver) return;
      this.#isOver = true;
      breaks.delete(this.#break);
      this.#session?.closed();
      this.onclose?.({ code });
    }
  }

  const loopback: Loopback = {
    fetch,
    WebSocket: LoopbackSocket,
    isOffline: false,
    cut: () => [...breaks].forEach((end) => end()),
  };
  return loopback;
}
