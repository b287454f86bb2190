/** What is measured, as data: the meter, the page of metrics and the table in the docs are all made from it. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  /** The one label it may have. Its values are a short list: codes, types, names of ours; never an id (D9). */
  readonly label?: string;
  /** Values it has from the start, at 0: a series that begins with 1 has never risen. */
  readonly values?: readonly string[];
}

export interface Distribution extends Metric {
  readonly buckets: readonly number[];
}

/** From a millisecond, which is as fine as the server's clock, to what people take for broken. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];

/** Why a stranger gave nothing. */
const UNFETCHED = ["address", "redirects", "size", "status", "time", "type", "unreachable"];

/** Where things go wrong. */
const FAILURES = [
  "apply",
  "bus",
  "commit",
  "database",
  "delivery",
  "files",
  "frame",
  "greeting",
  "housekeeping",
  "http",
  "link",
  "previews",
  "push",
  "query",
  "repair",
];

/** What a node may do by what it remembers. */
const CACHED = ["changes", "commit", "history"];

export type CounterName =
  | "upgrade"
  | "greeting"
  | "farewell"
  | "frame"
  | "message"
  | "command"
  | "reject"
  | "repair"
  | "cacheHit"
  | "cacheMiss"
  | "push"
  | "preview"
  | "previewImage"
  | "file"
  | "scan"
  | "failure";

export const counters: Readonly<Record<CounterName, Metric>> = {
  upgrade: {
    name: "tidings_upgrades_total",
    help: 'Requests for a WebSocket, by outcome: "ok", or the code with which it was refused.',
    label: "outcome",
    values: ["ok"],
  },
  greeting: {
    name: "tidings_greetings_total",
    help: 'Hellos, by outcome: "ok", or the code with which the link was closed.',
    label: "outcome",
    values: ["ok"],
  },
  farewell: {
    name: "tidings_links_closed_total",
    help: "Links the server closed, by code.",
    label: "code",
  },
  frame: { name: "tidings_frames_total", help: "Frames received, by type.", label: "type" },
  push: {
    name: "tidings_pushes_total",
    help: 'Pushes to devices, by outcome: "sent", "gone" (the device is forgotten), "later" (tried again), "refused", "dropped".',
    label: "outcome",
    values: ["sent", "gone", "later", "refused", "dropped"],
  },
  preview: {
    name: "tidings_previews_total",
    help: 'Links looked up, by outcome: "found", "empty" (the page says nothing), "kept" (known already), "busy" (refused for now), or why the page could not be fetched; "address": nobody may be sent there.',
    label: "outcome",
    values: ["found", "empty", "kept", "busy", ...UNFETCHED],
  },
  previewImage: {
    name: "tidings_preview_images_total",
    help: 'Pictures of previews, by outcome: "found", "kept" (known already), or why it could not be fetched.',
    label: "outcome",
    values: ["found", "kept", ...UNFETCHED],
  },
  message: { name: "tidings_messages_total", help: "Messages accepted: durable, with a sequence." },
  command: {
    name: "tidings_commands_total",
    help: 'Commands answered, by outcome: "accepted", "repeated" (a duplicate, which got its first answer again) or "refused".',
    label: "outcome",
    values: ["accepted", "repeated", "refused"],
  },
  reject: {
    name: "tidings_rejects_total",
    help: "Commands and queries refused, by code.",
    label: "code",
    values: ["server/unavailable", "server/internal"],
  },
  repair: {
    name: "tidings_gaps_repaired_total",
    help: "Records the bus had lost, read from the database.",
  },
  cacheHit: {
    name: "tidings_cache_hits_total",
    help: "Transactions, and questions about recent records, for which what the node remembers was enough.",
    label: "type",
    values: CACHED,
  },
  cacheMiss: {
    name: "tidings_cache_misses_total",
    help: "… and those for which the database was read.",
    label: "type",
    values: CACHED,
  },
  file: {
    name: "tidings_files_total",
    help: 'Files, by what became of them: "completed", "refused" for their kind, "damaged", or "deleted" as nobody needed them.',
    label: "outcome",
    values: ["completed", "refused", "damaged", "deleted"],
  },
  scan: {
    name: "tidings_scans_total",
    help: 'Files looked through, by verdict: "clean", "infected", "refused", or "failed".',
    label: "verdict",
    values: ["clean", "infected", "refused", "failed"],
  },
  failure: {
    name: "tidings_failures_total",
    help: "What went wrong inside, by where.",
    label: "what",
    values: FAILURES,
  },
};

export type DistributionName =
  | "ack"
  | "delivery"
  | "commit"
  | "commitSize"
  | "query"
  | "greeting"
  | "http"
  | "fileBytes"
  | "scan"
  | "preview";

export const distributions: Readonly<Record<DistributionName, Distribution>> = {
  ack: {
    name: "tidings_ack_seconds",
    help: "From a command's arrival until it is durable and answered.",
    buckets: SECONDS,
  },
  delivery: {
    name: "tidings_delivery_seconds",
    help: "From a command's arrival, on whichever node, until its changes are handed to the links of this one.",
    buckets: SECONDS,
  },
  commit: {
    name: "tidings_commit_seconds",
    help: "One transaction of commands.",
    buckets: SECONDS,
  },
  commitSize: {
    name: "tidings_commit_commands",
    help: "Commands in one transaction.",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  },
  query: {
    name: "tidings_query_seconds",
    help: "One question to the store, by type.",
    label: "type",
    buckets: SECONDS,
  },
  greeting: {
    name: "tidings_greeting_seconds",
    help: "From a hello to its welcome, or its refusal.",
    buckets: SECONDS,
  },
  fileBytes: {
    name: "tidings_file_bytes",
    help: "Bytes of one file that was completed.",
    buckets: [1e4, 1e5, 1e6, 1e7, 1e8, 1e9],
  },
  scan: { name: "tidings_scan_seconds", help: "Looking through one file.", buckets: SECONDS },
  preview: {
    name: "tidings_preview_seconds",
    help: "Fetching and reading one page that a message links to.",
    buckets: SECONDS,
  },
  http: {
    name: "tidings_http_seconds",
    help: "One HTTP request, by the class of its status.",
    label: "status",
    buckets: SECONDS,
  },
};

export type TallyName = "deliveries";

/** Counted by the parts themselves as plain numbers, and read when somebody asks. */
export const tallies: Readonly<Record<TallyName, Metric>> = {
  deliveries: {
    name: "tidings_deliveries_total",
    help: "Changes and receipts handed to links.",
  },
};

export type GaugeName =
  | "connections"
  | "connectionsBound"
  | "links"
  | "users"
  | "conversations"
  | "commitQueue"
  | "queryQueue"
  | "backlogBytes"
  | "health"
  | "ready"
  | "loopBusy"
  | "memoryBound"
  | "version";

export const gauges: Readonly<Record<GaugeName, Metric>> = {
  connections: { name: "tidings_connections", help: "WebSocket connections open." },
  connectionsBound: { name: "tidings_connections_bound", help: "… and how many there may be." },
  links: { name: "tidings_links", help: "Links, welcomed or not." },
  users: { name: "tidings_users", help: "Users with a link here, or who had one a moment ago." },
  conversations: { name: "tidings_conversations", help: "Conversations somebody online here is in." },
  commitQueue: { name: "tidings_commit_queue", help: "Commands that wait for their transaction." },
  queryQueue: { name: "tidings_query_queue", help: "Queries that wait for their turn." },
  backlogBytes: {
    name: "tidings_backlog_bytes",
    help: "Bytes written to links that the other side has not taken yet.",
  },
  health: {
    name: "tidings_health",
    help: "By check: 0 healthy, 1 warning, 2 critical.",
    label: "check",
  },
  ready: { name: "tidings_ready", help: "1 while the server takes new links." },
  loopBusy: { name: "tidings_event_loop_busy_ratio", help: "The part of its time the event loop works." },
  memoryBound: {
    name: "tidings_memory_bound_bytes",
    help: "What the process may take: the container's limit, else the machine's memory.",
  },
  version: { name: "tidings_version_info", help: "Always 1; the version is the label.", label: "version" },
};

/** A number, or one for each value of the label. */
export type Reading = number | Readonly<Record<string, number>>;

/** What is read when somebody asks. */
export type Readings = Readonly<Record<GaugeName | TallyName, Reading>>;
