/** How a WebSocket was asked for. */
export interface SocketRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly protocols: readonly string[];
}

/** The endpoint's end of a socket. */
export interface EndpointSocket {
  send(text: string): void;
  /** 1006: breaks it. */
  close(code: number): void;
}

/** What takes from a socket. */
export interface SocketTaker {
  received(text: string): void;
  closed(): void;
}

export type Accept = (request: SocketRequest, socket: EndpointSocket) => SocketTaker;

export interface Session extends SocketTaker {
  readonly isReady: boolean;
  readonly isEvents: boolean;
  cut(code: number): void;
}
