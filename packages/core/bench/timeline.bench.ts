import { fileURLToPath } from "node:url";
import { createScope, type Scope } from "../src/base/observable.ts";
import type { Change, ChangeKind } from "../src/protocol/changes.ts";
import type { Command } from "../src/protocol/commands.ts";
import { defaultPolicy } from "../src/protocol/policy.ts";
import type { MessageRecord } from "../src/protocol/records.ts";
import { createReplica, type Replica } from "../src/timeline/replica.ts";
import { copiedArray, copiedBlocks, mutableArray, type Structure } from "./structures.ts";

/** As the tables of the other benches. */
export interface Table {
  readonly title: string;
  readonly note: string;
  readonly rows: readonly { readonly name: string; readonly figures: Readonly<Record<string, string>> }[];
}

/**
 * Applies one change to a conversation, then reads its length and last 50 items: what a screen does for each message.
 *
 * Timed by hand and not with tinybench, whose bookkeeping per call weighs as much as these calls do: contenders take turns
 * in short batches of changes made beforehand, each as often first as last, and the median batch counts, so that a pause
 * of the collector or of the machine falls out.
 */
export async function run(): Promise<readonly Table[]> {
  return [applyAndRead(), optimisticSend()];
}

const SIZES = [1_000, 10_000, 100_000];
/** Items on a screen. */
const READ = 50;
/** Changes timed together, and how many times they are. */
const BATCH = 10;
const BATCHES = 80;
const BURST = 1_000;
const BURSTS = 20;
const SENDS = 1_000;
const WARM_ROUNDS = 3;

const CASES = ["appended", "middle", "edit", "reaction", "duplicate", "burst"] as const;
type Case = (typeof CASES)[number];

interface Contender {
  readonly name: string;
  apply(changes: readonly Change[]): void;
  /** Reads the length and the last items; answers how many those are. */
  read(): number;
  /** The ids of the last messages. */
  last(): readonly string[];
}

function applyAndRead(): Table {
  // So that no row pays for compiling, which is the more code there is the later done.
  for (let round = 0; round < WARM_ROUNDS; round += 1) for (const name of CASES) measure(name, 10_000);
  const rows = CASES.flatMap((name) =>
    SIZES.map((size) => {
      const medians = measure(name, size);
      const [timeline = 0, blocks = 0] = medians.values();
      const texts = [...medians].map(([contender, us]) => [contender, us.toFixed(2)]);
      const ratio = { "timeline/blocks": `${(timeline / blocks).toFixed(2)}×` };
      return {
        name: `${name}, ${size.toLocaleString("en")}`,
        figures: { ...Object.fromEntries(texts), ...ratio },
      };
    }),
  );
  return {
    title: `Timeline: apply one change, then read the length and the last ${READ} items`,
    note:
      `Median µs per change; burst: ${BURST} changes at once, then one read. Immutable: timeline, copied blocks of ` +
      `512, copied array. Mutable, so that a reader could not tell before from after: one array in place.`,
    rows,
  };
}

/** Median µs of each contender. */
function measure(name: Case, size: number): ReadonlyMap<string, number> {
  const { held, batches } = planOf(name, size);
  // The copied array goes last and alone: what it moves drives everything else out of the processor's caches.
  const groups = [
    [timeline(held), plain("blocks", copiedBlocks(held)), plain("mutable", mutableArray(held))],
    [plain("array", copiedArray(held))],
  ];
  const times = new Map<string, number[]>();
  for (const group of groups) {
    for (const { name: contender } of group) times.set(contender, []);
    batches.forEach((batch, turn) => {
      const length = batch.flat().length;
      // Whoever comes first fetches the changes from memory, and hashes their ids, for the others too.
      const first = turn % group.length;
      for (const contender of [...group.slice(first), ...group.slice(0, first)]) {
        const startMs = performance.now();
        for (const changes of batch) {
          contender.apply(changes);
          contender.read();
        }
        times.get(contender.name)?.push(((performance.now() - startMs) * 1_000) / length);
      }
    });
  }
  agree(groups.flat());
  const isWarm = Math.floor(batches.length / 4);
  return new Map([...times].map(([contender, each]) => [contender, percentile(each.slice(isWarm), 0.5)]));
}

/** A contender that is fast because it is wrong must not win. */
function agree(contenders: readonly Contender[]): void {
  const [one, ...others] = contenders.map((contender) => contender.last().join());
  if (others.some((other) => other !== one))
    throw new Error("unable to compare; contenders show different messages");
}

interface Plan {
  readonly held: readonly MessageRecord[];
  /** What is timed together: changes that are applied, then read, one group after the other. */
  readonly batches: readonly (readonly (readonly Change[])[])[];
}

function planOf(name: Case, size: number): Plan {
  const all = Array.from({ length: size }, (_, index) => messageOf(index + 1, index + 1));
  // What comes late was lost in the middle, and comes in order: a hole that closes.
  const count = name === "middle" ? Math.min(BATCH * BATCHES, size / 2) : BATCH * BATCHES;
  const firstLate = name === "middle" ? size / 4 + 1 : Infinity;
  const make = (index: number): Change => {
    const rev = size + index + 1;
    const old = all[(index * 7_919) % size] ?? messageOf(1, 1);
    switch (name) {
      case "appended":
      case "burst":
        return changeOf("message.send", messageOf(rev, rev));
      case "middle":
        return changeOf("message.send", messageOf(firstLate + index, rev));
      case "edit":
        return changeOf("message.edit", { ...old, rev, version: 1, content: { text: `edited ${index}` } });
      case "reaction":
        return changeOf("message.react", {
          ...old,
          rev,
          reactions: [{ emoji: "👍", count: 1, userIds: ["bob"] }],
        });
      case "duplicate":
        return changeOf("message.send", old);
    }
  };
  const groups =
    name === "burst"
      ? chunks(
          Array.from({ length: BURST * BURSTS }, (_, index) => make(index)),
          BURST,
        )
      : Array.from({ length: count }, (_, index) => [make(index)]);
  return {
    held: all.filter(({ seq }) => seq < firstLate || seq >= firstLate + count),
    batches: chunks(groups, name === "burst" ? 1 : BATCH),
  };
}

function timeline(held: readonly MessageRecord[]): Contender {
  const scope = createScope(fail);
  const replica = replicaOf(scope, held);
  return {
    name: "timeline",
    apply: (changes) =>
      changes.length > 1
        ? scope.batch(() => changes.forEach((change) => replica.acceptChange(change)))
        : changes.forEach((change) => replica.acceptChange(change)),
    read() {
      const { items } = replica.view.get();
      return items.length + items.slice(-READ).length;
    },
    last: () =>
      replica.view
        .get()
        .items.slice(-READ)
        .map(({ key }) => key),
  };
}

function plain(name: string, structure: Structure): Contender {
  return {
    name,
    apply(changes) {
      for (const { record } of changes) if (record.type === "message") structure.apply(record);
    },
    read() {
      const [length, last] = structure.read(READ);
      return length + last.length;
    },
    last: () => structure.read(READ)[1].map(({ id }) => id),
  };
}

/** From `pend` to the new message in the view, each with all earlier ones still waiting for their answers. */
function optimisticSend(): Table {
  const rows = SIZES.map((size) => {
    const scope = createScope(fail);
    const replica = replicaOf(
      scope,
      Array.from({ length: size }, (_, index) => messageOf(index + 1, index + 1)),
    );
    const times = Array.from({ length: SENDS }, (_, index) => {
      const command = sendOf(size + index);
      const startMs = performance.now();
      replica.pend(command);
      const last = replica.view.get().items.slice(-READ).at(-1);
      const tookMs = performance.now() - startMs;
      if (last?.key !== command.commandId) throw new Error("unable to measure; the message is not shown");
      return tookMs;
    });
    const figures = { p50: percentile(times, 0.5), p99: percentile(times, 0.99), max: Math.max(...times) };
    const texts = Object.entries(figures).map(([column, ms]) => [column, `${ms.toFixed(3)} ms`]);
    return { name: size.toLocaleString("en"), figures: Object.fromEntries(texts) };
  });
  return {
    title: "Timeline: optimistic send, until the view shows it",
    note: `${SENDS} sends in a row, none of them answered. To reach at 100,000 messages: p99 below 5 ms.`,
    rows,
  };
}

function replicaOf(scope: Scope, held: readonly MessageRecord[]): Replica {
  const { limits } = defaultPolicy;
  const options = { conversationId: "bench", userId: () => "ada", scope, limits: () => limits, now: () => 0 };
  const replica = createReplica({ ...options, maxMessages: () => 1_000_000 });
  const rev = held.at(-1)?.rev ?? 0;
  const head = { conversationId: "bench", rev, seq: rev };
  const page = { epoch: "bench", head, own: {}, floorSeq: 1 };
  // Pages of 100, none of them across the stretch that is missing.
  for (const messages of chunks(held, 100)) {
    const [fromSeq = 0, toSeq = 0] = [messages[0]?.seq, messages.at(-1)?.seq];
    replica.acceptHistory({ ...page, messages, fromSeq, toSeq });
  }
  return replica;
}

function messageOf(seq: number, rev: number): MessageRecord {
  return {
    type: "message",
    id: idOf(seq),
    conversationId: "bench",
    rev,
    seq,
    kind: "text",
    authorId: seq % 3 === 0 ? "ada" : "bob",
    content: { text: `message ${seq}` },
    sentAt: seq,
    createdAt: seq,
    version: 0,
    reactions: [],
  };
}

function changeOf(kind: ChangeKind, record: MessageRecord): Change {
  const { rev, authorId: actorId } = record;
  // A command of its own for each change; only a message's first is its id.
  const commandId = kind === "message.send" ? record.id : idOf(1_000_000_000 + rev);
  return { conversationId: "bench", rev, kind, actorId, at: rev, commandId, record };
}

function sendOf(number: number): Command {
  const content = { text: `pending ${number}` };
  return {
    type: "message.send",
    commandId: idOf(2_000_000_000 + number),
    conversationId: "bench",
    at: 0,
    kind: "text",
    content,
  };
}

function idOf(number: number): string {
  return `01890000-0000-7000-8000-${String(number).padStart(12, "0")}`;
}

function chunks<T>(list: readonly T[], length: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / length) }, (_, index) =>
    list.slice(index * length, (index + 1) * length),
  );
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? 0;
}

function fail(error: unknown): void {
  throw error;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { title, note, rows } of await run()) {
    console.log(`\n${title}\n${note}`);
    console.table(Object.fromEntries(rows.map(({ name, figures }) => [name, figures])));
  }
}
