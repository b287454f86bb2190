import { type Fault, faultsIn } from "./faults.ts";

/** What a frame from AppSync means, in the GraphQL dialect and in that of the Events API. */
export type Heard =
  | { readonly type: "ready"; readonly timeoutMs: number }
  | { readonly type: "alive" }
  | { readonly type: "started"; readonly id: string }
  | { readonly type: "data"; readonly id: string; readonly data: unknown }
  | { readonly type: "complete"; readonly id: string }
  | { readonly type: "refused"; readonly id: string | undefined; readonly faults: readonly Fault[] };

const TIMEOUT_MS = 300_000;

const refusals = new Set(["error", "connection_error", "subscribe_error", "broadcast_error"]);

/** Reads one frame; `undefined` if it is none. What is new here is a sign of life and nothing else. */
export function readHeard(text: unknown): Heard | undefined {
  const frame = parse(text);
  if (typeof frame?.type !== "string") return undefined;
  const { type, payload, connectionTimeoutMs, errors, event } = frame;
  const id = typeof frame.id === "string" ? frame.id : undefined;
  const inner: { readonly [field: string]: unknown } = Object(payload);
  if (type === "connection_ack") {
    const timeoutMs = Number(inner["connectionTimeoutMs"] ?? connectionTimeoutMs);
    return { type: "ready", timeoutMs: timeoutMs > 0 ? timeoutMs : TIMEOUT_MS };
  }
  if (refusals.has(type)) return { type: "refused", id, faults: faultsIn(inner["errors"] ?? errors) };
  if (id === undefined) return { type: "alive" };
  switch (type) {
    case "start_ack":
    case "subscribe_success":
      return { type: "started", id };
    case "data":
      return { type: "data", id, data: event ?? inner["data"] };
    case "complete":
      return { type: "complete", id };
    default:
      return { type: "alive" };
  }
}

interface Frame {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly payload?: unknown;
  /** The Events API has no `payload`. */
  readonly connectionTimeoutMs?: unknown;
  readonly errors?: unknown;
  readonly event?: unknown;
}

function parse(text: unknown): Frame | undefined {
  try {
    return Object(JSON.parse(String(text)));
  } catch {
    return undefined;
  }
}
