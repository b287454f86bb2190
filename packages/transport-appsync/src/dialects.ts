/** How subscriptions are put on one of AppSync's two WebSockets. */
export interface Dialect {
  /** The first subprotocol. */
  readonly protocol: string;
  /** What one signs to connect, and to start; an address of HTTP. */
  readonly connectUrl: (endpoint: string) => string;
  start(id: string, body: string, authorization: object): object;
  stop(id: string): object;
}

export const graphQlDialect: Dialect = {
  protocol: "graphql-ws",
  connectUrl: (endpoint) => `${endpoint}/connect`,
  start: (id, data, authorization) => ({
    ...{ id, type: "start" },
    payload: { data, extensions: { authorization } },
  }),
  stop: (id) => ({ id, type: "stop" }),
};

export const eventsDialect: Dialect = {
  protocol: "aws-appsync-event-ws",
  connectUrl: (endpoint) => endpoint,
  start: (id, body, authorization) => ({ ...JSON.parse(body), id, type: "subscribe", authorization }),
  stop: (id) => ({ id, type: "unsubscribe" }),
};
