import { describe, expect, it } from "vitest";
import { MessagingError } from "../errors/messaging-error.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage, StorageKey, StorageOperation, StorageRange } from "../ports/storage.ts";
import type { StorageBench } from "./storage-bench.ts";
import { storageConformance } from "./storage-conformance.ts";

/** Something that outlives a storage, and what can happen to it. */
interface Medium {
  readonly disk: Storage;
  isFull: boolean;
  isNewer: boolean;
  /** Resolves if there is life left for one step more. */
  step(): Promise<void>;
}

const failed = (message: string, retryable?: boolean): MessagingError =>
  new MessagingError("storage/failed", { message: `unable to go on; ${message}`, retryable });

const never = <T>(): Promise<T> => new Promise(() => {});

/** What a good adapter does, in the fewest words. */
function soundStorage(medium: Medium): Storage {
  const { disk, step } = medium;
  let isOpen = false;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    if (!isOpen) return Promise.reject(failed("it is not open"));
    const turn = last.then(async () => {
      await step();
      return work();
    });
    last = turn.catch(() => {});
    return turn;
  };
  return {
    supports: { durability: "strict" },
    async open() {
      await step();
      if (medium.isNewer) throw new MessagingError("storage/version");
      isOpen = true;
    },
    get: (key) => inTurn(() => disk.get(key)),
    scan: (range) => inTurn(() => disk.scan(range)),
    write: (operations) =>
      inTurn(async () => {
        const hasRoom = !medium.isFull || operations.every(({ type }) => type === "delete");
        if (!hasRoom) throw new MessagingError("storage/full");
        await disk.write(operations);
      }),
    async close() {
      const pending = last;
      isOpen = false;
      await pending;
    },
  };
}

/** A storage like the sound one, but for one defect. */
type Break = (sound: Storage, medium: Medium) => Partial<Storage>;

const supports = { durability: "strict", shared: true, crashes: true, quota: true, versions: true } as const;

function benchOf(breakIt: Break): StorageBench {
  let steps = Infinity;
  let die = (): void => {};
  const medium: Medium = {
    disk: memoryStorage(),
    isFull: false,
    isNewer: false,
    step() {
      if (steps-- > 0) return Promise.resolve();
      die();
      return never();
    },
  };
  const front = (): Storage => {
    const good = soundStorage(medium);
    return { ...good, ...breakIt(good, medium) };
  };
  return {
    storage: front(),
    again() {
      steps = Infinity;
      return front();
    },
    crashAfter: (count) =>
      new Promise((resolve) => {
        [steps, die] = [count, resolve];
      }),
    fill: () => (medium.isFull = true),
    free: () => (medium.isFull = false),
    outdate: () => (medium.isNewer = true),
    update: () => (medium.isNewer = false),
  };
}

describe("storageConformance", () => {
  const report = (): void => {};
  const memory = { durability: "memory" } as const;
  storageConformance({
    describe,
    it,
    report,
    supports: memory,
    create: () => ({ storage: memoryStorage() }),
  });
  storageConformance({ describe, it, report, supports, create: () => benchOf(() => ({})) });
});

/** The laws a storage is found to break, and the report. */
async function judge(
  create: () => StorageBench,
  expected: Parameters<typeof storageConformance>[0]["supports"] = supports,
): Promise<{ readonly broken: readonly string[]; readonly table: string }> {
  const laws: { readonly title: string; readonly body: () => Promise<void> }[] = [];
  let table = "";
  storageConformance({
    describe: (_title, body) => body(),
    it: (title, body) => void laws.push({ title, body }),
    ...{ create, supports: expected, patienceMs: 300, name: "a storage" },
    report: (text) => (table = text),
  });
  const verdicts = laws.map(({ title, body }) =>
    body().then(
      () => [],
      () => [/\[(.+?)\]/.exec(title)?.[1] ?? title],
    ),
  );
  return { broken: (await Promise.all(verdicts)).flat(), table };
}

const put = (key: StorageKey, value: unknown): StorageOperation => ({ type: "put", key, value });

function scanning(change: (range: StorageRange) => StorageRange): Break {
  return ({ scan }) => ({ scan: (range) => scan(change(range)) });
}

type Found = readonly (readonly [StorageKey, unknown])[];

function finding(change: (found: Found, range: StorageRange) => Found): Break {
  return ({ scan }) => ({ scan: async (range) => change(await scan(range), range) });
}

function writing(change: (operations: readonly StorageOperation[]) => readonly StorageOperation[]): Break {
  return ({ write }) => ({ write: (operations) => write(change(operations)) });
}

/** Keeps entries under a text made of the key, and the key beside the value. */
function keyedBy(name: (key: StorageKey) => string): Break {
  return ({ get, write, scan }) => ({
    get: async (key) => Object(await get([name(key)])).value,
    scan: async (range) => {
      const all = (await scan({ prefix: [] })).map(([, value]) => Object(value));
      const model = memoryStorage();
      await model.write(all.map(({ key, value }) => put(key, value)));
      return model.scan(range);
    },
    write: (operations) =>
      write(
        operations.map((each) =>
          each.type === "put"
            ? put([name(each.key)], { key: each.key, value: each.value })
            : { type: "delete", key: [name(each.key)] },
        ),
      ),
  });
}

function failing(change: (error: MessagingError) => unknown): Break {
  return ({ write }) => ({
    write: (operations) =>
      write(operations).catch((error: unknown) => {
        const other = error instanceof MessagingError ? change(error) : error;
        if (other !== undefined) throw other;
      }),
  });
}

const sortedBy = (compare: (one: StorageKey, other: StorageKey) => number): Break =>
  finding((found, { reverse }) => found.toSorted(([a], [b]) => (reverse ? compare(b, a) : compare(a, b))));

/** Each of them with the law it breaks: the reason for which it is refused. */
const defects: readonly (readonly [what: string, law: string, breakIt: Break])[] = [
  ["joins keys", "S1", keyedBy((key) => key.join(""))],
  ["joins keys by a sign keys may have", "S1", keyedBy((key) => key.join("/"))],
  ["folds the case of keys", "S1", keyedBy((key) => JSON.stringify(key).toLowerCase())],
  ["keeps keys in UTF-8", "S1", keyedBy((key) => JSON.stringify(key.map((part) => toUtf8(part))))],
  ["keeps what was there first", "S1", keepsFirst],
  ["ignores deletes among puts", "S2", writing((all) => all.filter(({ type }) => type === "put"))],
  ["deletes whatever a key begins", "S2", deletesBelow],
  ["deletes before it puts", "S3", writing((all) => [...only(all, "delete"), ...only(all, "put")])],
  ["deletes after it has put", "S3", writing((all) => [...only(all, "put"), ...only(all, "delete")])],
  ["writes one operation after the other", "S4", writesOneByOne],
  ["lets a plain error through", "S4", failing(({ message }) => new Error(message))],
  ["calls passing what is final", "S4", failing(({ code }) => new MessagingError(code, { retryable: true }))],
  ["lets writes overtake each other", "S5", overtakes],
  ["writes only the last of several", "S5", keepsTheLast],
  ["shows a write half done", "S5", showsHalves],
  ["reads what was there a moment ago", "S6", readsStale],
  ["takes a prefix for the beginning of a text", "S7", matchesText],
  [
    "looks at the first part only",
    "S7",
    scanning((range) => ({ ...range, prefix: range.prefix.slice(0, 1) })),
  ],
  ["orders by locale", "S8", sortedBy((one, other) => one.join().localeCompare(other.join()))],
  ["orders by code points, as UTF-8 does", "S8", sortedBy(byCodePoint)],
  ["orders by length", "S8", sortedBy((one, other) => one.length - other.length)],
  ["cannot go backwards", "S8", scanning((range) => ({ ...range, reverse: false }))],
  ["begins at the key, not after it", "S9", beginsAtKey],
  ["begins anew where the key is not there", "S9", beginsAnew],
  ["forgets where to begin", "S9", scanning((range) => ({ ...range, after: range.prefix }))],
  ["cuts before it turns", "S10", cutsFirst],
  ["takes a limit of none for no limit", "S10", limiting((limit) => (limit === 0 ? undefined : limit))],
  ["gives one more than asked for", "S10", limiting((limit) => limit + 1)],
  ["hands out what it keeps", "S11", handsOutReferences],
  ["keeps what it was given", "S11", keepsReferences],
  [
    "freezes what it was given",
    "S11",
    treating((each) => void (each.type === "put" && Object.freeze(each.value))),
  ],
  ["changes what it was given", "S11", treating((each) => void Object.assign(each, { done: true }))],
  ["turns values into JSON", "S12", keepsJson],
  [
    "takes what is false for nothing",
    "S12",
    ({ get }) => ({ get: async (key) => (await get(key)) || undefined }),
  ],
  ["drops what is beyond a batch", "S13", writing((all) => all.slice(0, 500))],
  ["forgets when it is closed", "S14", forgets],
  ["cannot be closed twice", "S14", closesOnce],
  ["never gets done with closing", "S14", () => ({ close: never })],
  ["drops what waits when it is closed", "S15", dropsWhatWaits],
  ["goes on after it was closed", "S16", ({ close, open }) => ({ close: () => close().then(open) })],
  ["opens by itself", "S16", ({ get, open }) => ({ get: (key) => open().then(() => get(key)) })],
  ["says it has written before it has", "S17", writesAtClose],
  ["keeps a copy of what others change", "S18", keepsCopy],
  ["writes step by step", "S19", writesStepByStep],
  [
    "keeps silent about a full disk",
    "S20",
    failing(({ code }) => (code === "storage/full" ? undefined : failed("it cannot", false))),
  ],
  ["has one code for everything", "S20", failing(({ retryable }) => failed("something is wrong", retryable))],
  ["deletes before it finds no room", "S20", deletesFirst],
  ["opens what is newer", "S21", ({ open }) => ({ open: () => open().catch(() => {}) })],
  ["clears what is newer", "S21", clearsNewer],
  ["says more than it does", "S22", () => ({ supports: { durability: "relaxed" } })],
];

describe("a storage that", () => {
  it.each(defects)("%s is refused by %s", async (_what, law, breakIt) => {
    const { broken, table } = await judge(() => benchOf(breakIt));
    expect(broken).toContain(law);
    expect(table).toMatch(new RegExp(`^\\| ${law} +\\| .* \\| \\*\\*no\\*\\*: .+ \\|$`, "m"));
  });

  it("shares its memory with others is refused by S17", async () => {
    const one = memoryStorage();
    const create = (): StorageBench => ({ storage: one });
    expect((await judge(create, { durability: "memory" })).broken).toContain("S17");
  });

  it("keeps the contract gets a table to paste", async () => {
    const { broken, table } = await judge(() => benchOf(() => ({})));
    expect(broken).toEqual([]);
    expect(table).toContain("the contract of a storage, kept by a storage: 22 of 22");
    expect(table).toContain("| S4 | writes all or nothing | yes |");
  });
});

function only(all: readonly StorageOperation[], type: string): readonly StorageOperation[] {
  return all.filter((each) => each.type === type);
}

function toUtf8(part: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(part));
}

function byCodePoint(one: StorageKey, other: StorageKey): number {
  const [a = "", b = ""] = [one, other].map((key) => key.join("\0\0"));
  const encoder = new TextEncoder();
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  const index = left.findIndex((byte, at) => byte !== right[at]);
  return index < 0 ? left.length - right.length : (left[index] ?? 0) - (right[index] ?? -1);
}

function keepsFirst({ get, write }: Storage): Partial<Storage> {
  return {
    async write(operations) {
      const kept: StorageOperation[] = [];
      for (const each of operations) {
        if (each.type === "delete" || (await get(each.key)) === undefined) kept.push(each);
      }
      await write(kept);
    },
  };
}

function deletesBelow({ scan, write }: Storage): Partial<Storage> {
  return {
    async write(operations) {
      const all: StorageOperation[] = [];
      for (const each of operations) {
        all.push(each);
        if (each.type === "put") continue;
        for (const [key] of await scan({ prefix: each.key })) all.push({ type: "delete", key });
      }
      await write(all);
    },
  };
}

function writesOneByOne({ write }: Storage): Partial<Storage> {
  return {
    async write(operations) {
      for (const operation of operations) await write([operation]);
    },
  };
}

function overtakes({ write }: Storage): Partial<Storage> {
  let turn = 0;
  return {
    async write(operations) {
      for (let left = (turn++ % 3) * 3; left > 0; left -= 1) await Promise.resolve();
      await write(operations);
    },
  };
}

/** As what waits a little before it writes, and has room for one. */
function keepsTheLast({ write }: Storage): Partial<Storage> {
  let waiting: unknown;
  return {
    async write(operations) {
      waiting = operations;
      await Promise.resolve();
      if (waiting === operations) await write(operations);
    },
  };
}

function showsHalves({ write }: Storage, { disk }: Medium): Partial<Storage> {
  return {
    async write(operations) {
      structuredClone(operations);
      for (const operation of operations) {
        await disk.write([operation]);
        for (let left = 20; left > 0; left -= 1) await Promise.resolve();
      }
      await write([]);
    },
  };
}

function readsStale({ get, write }: Storage): Partial<Storage> {
  const old = new Map<string, unknown>();
  return {
    get: async (key) => (old.has(key.join()) ? old.get(key.join()) : get(key)),
    async write(operations) {
      for (const { key } of operations) old.set(key.join(), await get(key));
      await write(operations);
    },
  };
}

function matchesText({ scan }: Storage): Partial<Storage> {
  return {
    scan: async ({ prefix, ...rest }) =>
      (await scan({ prefix: [], ...rest })).filter(([key]) => key.join("/").startsWith(prefix.join("/"))),
  };
}

function beginsAtKey({ get, scan }: Storage): Partial<Storage> {
  return {
    async scan(range) {
      const { after } = range;
      const value = after && (await get(after));
      const found = await scan(range);
      return after && value !== undefined ? [[after, value], ...found] : found;
    },
  };
}

function beginsAnew({ get, scan }: Storage): Partial<Storage> {
  return {
    async scan({ after, ...range }) {
      return scan(after && (await get(after)) !== undefined ? { ...range, after } : range);
    },
  };
}

function cutsFirst({ scan }: Storage): Partial<Storage> {
  return {
    async scan({ limit, reverse, ...range }) {
      const found = await scan({
        ...range,
        ...(reverse && range.after ? { reverse } : { limit: limit ?? 1e9 }),
      });
      return (reverse && !range.after ? found.toReversed() : found).slice(0, limit);
    },
  };
}

function limiting(change: (limit: number) => number | undefined): Break {
  return scanning(({ limit, ...range }) => {
    const changed = limit === undefined ? undefined : change(limit);
    return changed === undefined ? range : { ...range, limit: changed };
  });
}

function handsOutReferences({ get }: Storage): Partial<Storage> {
  const handed = new Map<string, unknown>();
  return {
    async get(key) {
      const name = JSON.stringify(key);
      const value = await get(key);
      const before = handed.get(name);
      if (typeof value === "object" && before === undefined) handed.set(name, value);
      return before ?? value;
    },
    scan: async () => [...handed].map(([key, value]) => [JSON.parse(key), value] as const),
  };
}

function keepsReferences({ write, get }: Storage): Partial<Storage> {
  const kept = new Map<string, unknown>();
  return {
    async write(operations) {
      await write(operations);
      for (const each of operations) if (each.type === "put") kept.set(JSON.stringify(each.key), each.value);
    },
    get: async (key) => kept.get(JSON.stringify(key)) ?? get(key),
    scan: async () => [...kept].map(([key, value]) => [JSON.parse(key), value] as const),
  };
}

function treating(treat: (operation: StorageOperation) => void): Break {
  return writing((operations) => {
    for (const each of operations) treat(each);
    return operations;
  });
}

function keepsJson({ write }: Storage): Partial<Storage> {
  const asText = (_: string, part: unknown): unknown => (typeof part === "bigint" ? `${part}` : part);
  return {
    write: (operations) =>
      write(
        operations.map((each) =>
          each.type === "put"
            ? put(each.key, JSON.parse(JSON.stringify(each.value, asText) ?? "null"))
            : each,
        ),
      ),
  };
}

function forgets(good: Storage, { disk }: Medium): Partial<Storage> {
  return {
    async close() {
      await good.close();
      const all = await disk.scan({ prefix: [] });
      await disk.write(all.map(([key]) => ({ type: "delete", key })));
    },
  };
}

function closesOnce({ close, open }: Storage): Partial<Storage> {
  let isOpen = false;
  return {
    open: () => open().then(() => void (isOpen = true)),
    async close() {
      if (!isOpen) throw failed("it is not open");
      isOpen = false;
      await close();
    },
  };
}

function dropsWhatWaits({ close, write }: Storage): Partial<Storage> {
  let life = 0;
  return {
    async write(operations) {
      const mine = life;
      for (let left = 5; left > 0; left -= 1) await Promise.resolve();
      if (mine === life) await write(operations);
    },
    async close() {
      life += 1;
      await close();
    },
  };
}

function writesAtClose({ close, get, scan, write }: Storage): Partial<Storage> {
  const waiting: StorageOperation[] = [];
  const flush = (): Promise<void> => write(waiting.splice(0));
  return {
    write: async (operations) => void waiting.push(...structuredClone(operations)),
    get: (key) => flush().then(() => get(key)),
    scan: (range) => flush().then(() => scan(range)),
    close: () => flush().then(close, close),
  };
}

function keepsCopy({ scan, write }: Storage): Partial<Storage> {
  const known = new Map<string, Found>();
  return {
    async scan(range) {
      const name = JSON.stringify(range);
      const found = known.get(name) ?? (await scan(range));
      known.set(name, found);
      return structuredClone(found);
    },
    write: (operations) => write(operations).finally(() => known.clear()),
  };
}

function writesStepByStep({ write }: Storage): Partial<Storage> {
  return {
    async write(operations) {
      structuredClone(operations);
      for (const operation of operations) await write([operation]);
    },
  };
}

function deletesFirst({ write }: Storage): Partial<Storage> {
  return {
    async write(operations) {
      await write(only(operations, "delete"));
      await write(operations);
    },
  };
}

function clearsNewer({ open }: Storage, { disk }: Medium): Partial<Storage> {
  return {
    open: () =>
      open().catch(async (error: unknown) => {
        const all = await disk.scan({ prefix: [] });
        await disk.write(all.map(([key]) => ({ type: "delete", key })));
        throw error;
      }),
  };
}
