import { type Fault, faultsIn } from "./faults.ts";

/** What a frame from AppSync means, in the GraphQL dialect and in that of the Events API. */
export type Heard =
  | { readonly type: "ready"; readonly timeoutMs: number }
  | { readonly type: "alive" }
  | { readonly type: "started" | "data" | "complete"; readonly id: string; readonly data: unknown }
  | { readonly type: "refused"; readonly id: string | undefined; readonly faults: readonly Fault[] };

const TIMEOUT_MS = 300_000;

/** In both dialects, as no word means two things. What fits none is a sign of life and nothing else. */
function meaningOf(type: string): Heard["type"] {
  if (type === "data" || type === "complete") return type;
  if (type === "connection_ack") return "ready";
  if (type.endsWith("error")) return "refused";
  return /^(start_a|subscribe_s)/.test(type) ? "started" : "alive";
}

/** Reads one frame; `undefined` if it is none. */
export function readHeard(text: unknown): Heard | undefined {
  const frame = parse(text);
  if (typeof frame?.type !== "string") return undefined;
  const { payload = frame, event } = frame; // the Events API has no `payload`
  const inner: { readonly [field: string]: unknown } = Object(payload);
  const id = typeof frame.id === "string" ? frame.id : undefined;
  const type = meaningOf(frame.type);
  if (type === "ready") return { type, timeoutMs: Number(inner["connectionTimeoutMs"]) || TIMEOUT_MS };
  if (type === "refused") return { type, id, faults: faultsIn(inner["errors"]) };
  if (type === "alive" || id === undefined) return { type: "alive" };
  return { type, id, data: event ?? inner["data"] };
}

interface Frame {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly payload?: unknown;
  readonly event?: unknown;
}

function parse(text: unknown): Frame | undefined {
  try {
    return Object(JSON.parse(String(text)));
  } catch {
    return undefined;
  }
}
