import { type Clock, type Random, systemClock } from "@tidings/core";
import {
  appSyncPolicy,
  type Backend,
  type BackendOptions,
  createBackend,
  createDynamo,
} from "../../src/backend/index.ts";
import { createTable } from "../dynamo/cloud-formation.ts";
import { createStrictDynamo, type StrictDynamo } from "../dynamo/strict-dynamo.ts";
import type { Resolvers } from "../endpoint/resolvers.ts";
import { deployedResolvers } from "./appsync-js.ts";
import { template } from "./template.ts";

/** What `template.yaml` deploys, but for AppSync itself: the table, the function, the resolvers. */
export interface Deployment {
  readonly resolvers: Resolvers;
  readonly dynamo: StrictDynamo;
  readonly backend: Backend;
  readonly faults: LambdaFaults;
}

export interface LambdaFaults {
  /** The next command is refused so, before it is looked at. */
  refuseNextMs: number | undefined;
  /** So many commands to come take effect, and nobody is told. */
  losing: number;
}

export interface DeployOptions extends Partial<Omit<BackendOptions, "database">> {
  readonly clock?: Clock;
  readonly random?: Random;
  /** How a request gets to DynamoDB. */
  readonly travel?: () => Promise<void>;
}

const TABLE = "chat";

/** @param options - whoever is in a lobby has founded it: "founder". */
export async function deploy({ travel, ...options }: DeployOptions = {}): Promise<Deployment> {
  const { clock = systemClock, lobbies = { general: "General" }, policy = appSyncPolicy } = options;
  const dynamo = createStrictDynamo(travel, options.random);
  await createTable(dynamo.send, template, "Table", TABLE);
  const database = createDynamo({ table: TABLE, send: dynamo.send });
  const backend = createBackend({ epoch: "1", ...options, clock, lobbies, policy, database });
  await backend({ field: "welcome", args: {}, userId: "founder" });
  const faults: LambdaFaults = { refuseNextMs: undefined, losing: 0 };
  const lambda: Backend = async (request) => {
    if (request.field !== "submit") return backend(request);
    const retryAfterMs = faults.refuseNextMs;
    faults.refuseNextMs = undefined;
    if (retryAfterMs !== undefined) {
      const message = "unable to answer; too busy";
      return { error: { code: "server/unavailable", message, retryable: true, retryAfterMs } };
    }
    const answer = await backend(request);
    if (faults.losing === 0) return answer;
    faults.losing -= 1;
    throw new Error("Task timed out after 20.00 seconds");
  };
  const resolvers = deployedResolvers({ send: dynamo.send, table: TABLE, lambda, clock });
  return { resolvers, dynamo, backend, faults };
}
