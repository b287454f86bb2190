/** What a Lambda function behind a WebSocket API is given, of what AWS gives it. */
export interface GatewayEvent {
  readonly requestContext: {
    readonly routeKey: string;
    readonly eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
    readonly connectionId: string;
    readonly requestId: string;
    readonly connectedAt: number;
    readonly domainName: string;
    readonly stage: string;
  };
  readonly queryStringParameters?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface GatewayAnswer {
  readonly statusCode: number;
}

export type GatewayHandler = (event: GatewayEvent) => Promise<GatewayAnswer>;
