/**
 * What the transport needs of a WebSocket. Those of browsers, Node 22, Deno, Bun, React Native and the package `ws`
 * fit as they are. `onmessage` is called with an object that has `data`, `onclose` with one that has `code`.
 */
export interface WebSocketLike {
  /** Bytes handed over and not yet with the network. Where it is missing nothing is ever held back. */
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}

/** The class of a WebSocket. */
export type WebSocketConstructor = new (url: string) => WebSocketLike;
