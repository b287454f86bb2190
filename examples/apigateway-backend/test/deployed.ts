import type { Clock } from "@tidings/core";
import { MessagingError } from "@tidings/core/errors";
import { createDynamo } from "@tidings/transport-appsync/backend";
import {
  createTable,
  readTemplate,
  type Template,
} from "../../../packages/transport-appsync/test/dynamo/cloud-formation.ts";
import {
  createStrictDynamo,
  type StrictDynamo,
} from "../../../packages/transport-appsync/test/dynamo/strict-dynamo.ts";
import {
  type ServedGateway,
  serveGateway,
} from "../../../packages/transport-ws/test/gateway/serve-gateway.ts";
import type { Identity } from "../src/call.ts";
import { createHandlers, type Handlers } from "../src/handlers.ts";
import { managementPosts } from "../src/posts.ts";

export const template: Template = readTemplate(new URL("../template.yaml", import.meta.url));

/** The handlers behind an API Gateway of this machine, on the template's tables. */
export interface Deployed {
  readonly gateway: ServedGateway;
  readonly handlers: Handlers;
  readonly dynamo: StrictDynamo;
  /** With a ticket that nobody has used. */
  address(): Promise<string>;
  close(): Promise<void>;
}

export interface DeployOptions {
  /** The handlers' own. */
  readonly clock?: Clock;
  readonly heartbeatMs?: number;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A token is the user's name; "old" has expired, and what ends with an x is nobody's. */
async function authenticate(token: string): Promise<Identity> {
  if (token === "old") throw new MessagingError("auth/expired");
  if (token.endsWith("x")) throw new MessagingError("auth/invalid");
  return { userId: token, expiresAt: Date.now() + 3_600_000 };
}

export async function deploy({ clock, heartbeatMs }: DeployOptions = {}): Promise<Deployed> {
  const dynamo = createStrictDynamo(nextTurn);
  const credentials = () => ({ accessKeyId: "local", secretAccessKey: "local" });
  for (const name of ["Chat", "Connections"]) await createTable(dynamo.send, template, name, name);
  const posts = () => managementPosts({ endpoint: gateway.endpoint, region: "eu-west-1", credentials });
  const handlers: Handlers = createHandlers({
    database: createDynamo({ table: "Chat", send: dynamo.send }),
    connections: createDynamo({ table: "Connections", send: dynamo.send }),
    posts: {
      post: (...given) => posts().post(...given),
      end: (id) => posts().end(id),
    },
    authenticate,
    epoch: "1",
    lobbies: { general: "General" },
    ...(clock && { clock }),
    ...(heartbeatMs !== undefined && { policy: { heartbeatMs } }),
  });
  const { tickets, ...routes } = handlers;
  const gateway = await serveGateway({ routes: { ...routes } });
  return {
    ...{ gateway, handlers, dynamo },
    address: async () => `${gateway.url}?ticket=${await tickets.issue("anybody")}`,
    close: () => gateway.close(),
  };
}
