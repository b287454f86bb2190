/**
 * What the transport needs of a WebSocket. Those of browsers, Node 22, Deno, Bun, React Native and the package `ws`
 * fit as they are.
 */
export interface WebSocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}

/** The class of a WebSocket. */
export type WebSocketConstructor = new (url: string, protocols: string[]) => WebSocketLike;
