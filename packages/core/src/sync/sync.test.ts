import { describe, expect, it } from "vitest";
import { CONVERSATION, READER } from "../../test/timeline/backend.ts";
import { createScope } from "../base/observable.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Link } from "../ports/transport.ts";
import { createMemoryBackend, type MemoryBackend } from "../memory/index.ts";
import type { Query } from "../protocol/queries.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { type VirtualClock, virtualClock } from "../testing/virtual-clock.ts";
import { createReplica } from "../timeline/replica.ts";
import { createDirectory, type Directory } from "./directory.ts";
import { createLoader, type Loader } from "./loader.ts";
import { createSync, type Sync } from "./sync.ts";

interface Bench {
  readonly clock: VirtualClock;
  readonly backend: MemoryBackend;
  readonly directory: Directory;
  readonly loader: Loader;
  readonly sync: Sync;
  readonly errors: MessagingError[];
  /** What was asked, by type. */
  readonly asked: string[];
  /** Opens a link of the reader, tells its heads and resumes. */
  connect(answer?: (query: Query) => Promise<never> | undefined): Promise<void>;
  act(userId: string, bare: object): void;
}

const ids = { commandId: "", conversationId: CONVERSATION, at: 0 };

function createBench(most = 100): Bench {
  const clock = virtualClock(1_000_000);
  const scope = createScope((error) => {
    throw error;
  });
  const participants = [{ userId: READER }, { userId: "bob", role: "owner" as const }];
  const backend = createMemoryBackend({
    ...{ clock, random: seededRandom(1) },
    conversations: [{ conversationId: CONVERSATION, kind: "group", participants }],
  });
  const { limits } = defaultPolicy;
  const directory = createDirectory({
    ...{ scope, most, userId: () => READER },
    create: (conversationId, onShown) =>
      createReplica({
        ...{ conversationId, scope, onShown, userId: () => READER, limits: () => limits, now: clock.now },
      }),
  });
  let link: Link | undefined;
  const loader = createLoader({ clock, link: () => link, pageSize: () => 10 });
  const errors: MessagingError[] = [];
  const sync = createSync({
    ...{ clock, random: seededRandom(2), directory, loader, pageSize: () => 10, hasReceipts: true },
    onListed: () => {},
    onError: (error) => errors.push(error),
  });
  const asked: string[] = [];
  let commands = 0;
  return {
    ...{ clock, backend, directory, loader, sync, errors, asked },
    async connect(answer) {
      sync.use(undefined);
      const request = {
        ...{ token: undefined, clientId: "c" },
        receive: (events: readonly { readonly type: string }[]) => void events,
      };
      const opened = await backend.transport(READER).open(request, new AbortController().signal);
      link = {
        ...opened,
        query: (query) => {
          asked.push(query.type);
          return answer?.(query) ?? opened.query(query);
        },
      };
      sync.use(link);
      await clock.settle();
    },
    act(userId, bare) {
      commands += 1;
      const commandId = `01890000-0000-7000-8000-${String(commands).padStart(12, "0")}`;
      backend.act(userId, Object({ ...ids, ...bare, commandId }));
    },
  };
}

const remove = { type: "participant.remove", userId: READER };

describe("who was removed while they were away", () => {
  it("[D8] learns it at one resume, is asked for once per link, and hears of no error", async () => {
    const bench = createBench();
    const replica = bench.directory.open(CONVERSATION);
    await bench.connect();
    expect(replica.view.get()).toMatchObject({ absent: false, complete: true });
    bench.act("bob", remove);
    bench.asked.length = 0;
    await bench.connect();
    expect(replica.view.get().absent).toBe(true);
    expect(bench.directory.list.get()).toEqual([]);
    for (let times = 0; times < 10; times += 1) bench.sync.check(replica);
    await bench.clock.advance(3_600_000);
    expect(bench.asked.toSorted()).toEqual(["conversation", "conversations", "receipts"]);
    expect(bench.errors).toEqual([]);
  });

  it("[D8] learns it also where nobody has it open, and is back in when they are added again", async () => {
    const bench = createBench();
    await bench.connect();
    expect(bench.directory.list.get()).toHaveLength(1);
    bench.act("bob", remove);
    await bench.connect();
    expect(bench.directory.list.get()).toEqual([]);
    bench.act("bob", { type: "participant.add", userId: READER });
    await bench.connect();
    expect(bench.directory.list.get()).toHaveLength(1);
    expect(bench.errors).toEqual([]);
  });

  it("[D8] who came back in while the answer was on its way stays in", async () => {
    const bench = createBench();
    const replica = bench.directory.open(CONVERSATION);
    await bench.connect();
    bench.act("bob", remove);
    let refuse: ((error: MessagingError) => void) | undefined;
    await bench.connect((query) =>
      query.type === "receipts" ? new Promise((_, reject) => (refuse = reject)) : undefined,
    );
    const conversation = { type: "participant", conversationId: CONVERSATION, userId: READER } as const;
    const standing = { role: "member", status: "active", joinedAt: 0, rev: 9 } as const;
    const change = {
      conversationId: CONVERSATION,
      rev: 9,
      kind: "participant.add",
      actorId: "bob",
      at: 0,
    } as const;
    const record = { ...conversation, ...standing };
    replica.acceptChange({ ...change, commandId: "x", record });
    refuse?.(new MessagingError("conversation/not-found"));
    await bench.clock.settle();
    expect(replica.view.get().absent).toBe(false);
  });

  it("is told of a conversation they were never in, by an error that names it and by the view", async () => {
    const bench = createBench();
    const replica = bench.directory.open("elsewhere");
    await bench.connect();
    expect(bench.errors).toMatchObject([{ code: "conversation/not-found", conversationId: "elsewhere" }]);
    expect(replica.view.get().absent).toBe(true);
    await expect(bench.loader.older(replica)).rejects.toMatchObject({ code: "conversation/not-found" });
  });
});

describe("a backend that answers badly", () => {
  it("[D9] is not waited for for ever, and the next ask may be answered", async () => {
    const bench = createBench();
    const replica = bench.directory.open(CONVERSATION);
    let isDeaf = true;
    await bench.connect(() => (isDeaf ? new Promise<never>(() => {}) : undefined));
    await bench.clock.advance(30_000);
    expect(bench.errors[0]).toMatchObject({ code: "connection/timeout" });
    isDeaf = false;
    await bench.clock.advance(60_000);
    expect(replica.view.get().complete).toBe(true);
  });

  it("[D9] is not followed through a list without an end", async () => {
    const bench = createBench();
    let pages = 0;
    await bench.connect((query) =>
      query.type === "participants"
        ? Object(Promise.resolve({ items: [], next: String((pages += 1)) }))
        : undefined,
    );
    const loading = bench.loader.participants(bench.directory.get(CONVERSATION));
    await expect(loading).rejects.toMatchObject({ code: "protocol/malformed" });
    expect(pages).toBe(1_000);
  });
});

describe("the replicas of a client", () => {
  it("[D9, M15] are bounded: the one used longest ago goes, never one that is open or shows what is pending", () => {
    const { directory } = createBench(3);
    const open = directory.open("open");
    const pending = directory.get("pending");
    pending.pend({
      type: "message.send",
      ...ids,
      conversationId: "pending",
      kind: "text",
      content: { text: "" },
    });
    for (let count = 0; count < 10_000; count += 1) directory.get(`c${count}`);
    expect(directory.all().map(({ conversationId }) => conversationId)).toEqual(["open", "pending", "c9999"]);
    expect(directory.get("open")).toBe(open);
    expect(directory.get("pending")).toBe(pending);
  });

  it("[D9] make room without a look at each of those that stay", () => {
    const scope = createScope(() => {});
    let looks = 0;
    const directory = createDirectory({
      ...{ scope, most: 10, userId: () => READER },
      create(conversationId) {
        const { limits } = defaultPolicy;
        const replica = createReplica({
          ...{ conversationId, scope, userId: () => READER, limits: () => limits, now: () => 0 },
        });
        return new Proxy(replica, {
          get(target, name) {
            looks += 1;
            return Reflect.get(target, name);
          },
        });
      },
    });
    for (let count = 0; count < 1_000; count += 1) {
      directory.open(`open${count}`);
      const pending = { type: "participant.leave", ...ids, conversationId: `pending${count}` } as const;
      directory.get(pending.conversationId).pend(pending);
    }
    looks = 0;
    directory.open("one more");
    expect(looks).toBeLessThan(20);
  });
});
