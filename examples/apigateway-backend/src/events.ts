/** What a function behind a WebSocket API reads of what AWS gives it. */
export interface GatewayEvent {
  readonly requestContext: { readonly connectionId: string };
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface GatewayAnswer {
  readonly statusCode: number;
}

export type GatewayHandler = (event: GatewayEvent) => Promise<GatewayAnswer>;
