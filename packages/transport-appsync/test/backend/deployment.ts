import type { Identity } from "@tidings/core/memory";
import type { Ack, Command } from "@tidings/core/protocol";
import { WebSocket } from "ws";
import { type Backend, type BackendOptions, createBackend } from "../../src/backend/index.ts";
import { type AppSyncTransportOptions, appSyncTransport } from "../../src/index.ts";
import { type ServedEndpoint, serveEndpoint } from "../endpoint/serve.ts";
import { authenticate } from "../harness.ts";
import { deployedResolvers } from "./appsync-js.ts";
import type { DynamoDbLocal } from "./dynamodb-local.ts";

/** What `template.yaml` deploys, on a table of its own: the endpoint for AppSync, the resolvers, the function. */
export interface Deployment extends ServedEndpoint {
  readonly backend: Backend;
  /** The next command is refused so, before it is looked at. */
  refuseNext(retryAfterMs: number): void;
  /** The next command takes effect, and nobody is told. */
  loseNext(): void;
  transport(options?: Partial<AppSyncTransportOptions>): ReturnType<typeof appSyncTransport>;
  /** Somebody does something. @throws if it is refused. */
  act(userId: string, command: Command): Promise<Ack>;
  readonly table: string;
}

export async function deploy(
  local: DynamoDbLocal,
  options: Partial<BackendOptions> = {},
): Promise<Deployment> {
  const place = await local.table();
  const lobbies = { general: "General" };
  const backend = createBackend({ epoch: "1", lobbies, ...place, ...options });
  let refusal: number | undefined;
  let isLosing = false;
  const lambda: Backend = async (request) => {
    if (request.field !== "submit") return backend(request);
    const retryAfterMs = refusal;
    refusal = undefined;
    if (retryAfterMs !== undefined) {
      const message = "unable to answer; too busy";
      return { error: { code: "server/unavailable", message, retryable: true, retryAfterMs } };
    }
    const answer = await backend(request);
    if (!isLosing) return answer;
    isLosing = false;
    throw new Error("Task timed out after 20.00 seconds");
  };
  const resolvers = deployedResolvers({ local, table: place.table, lambda });
  const identified = (token: string): Identity => authenticate(token);
  const served = await serveEndpoint({ resolvers, authenticate: identified });
  return {
    ...served,
    backend,
    table: place.table,
    refuseNext: (retryAfterMs) => void (refusal = retryAfterMs),
    loseNext: () => void (isLosing = true),
    transport: (given) => appSyncTransport({ endpoint: served.url, WebSocket, ...given }),
    async act(userId, command) {
      const { conversationId } = command;
      const answer = await backend({ field: "submit", args: { conversationId, command }, userId });
      if ("error" in answer) throw new Error(answer.error.code);
      return Object(answer.value).payload;
    },
  };
}
