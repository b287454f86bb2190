import { backendConformance, type KitSocket } from "@tidings/core/testing";
import type { Change, ClientFrame, QueryResults, ServerFrame } from "@tidings/core/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { createServer, type TidingsServer } from "../src/index.ts";
import { newId } from "./support/raw-client.ts";

/** The conformance kit against servers with one defect each: the reference server, with somebody in between. */
let server: TidingsServer | undefined;
let anyToken = "";
beforeAll(async () => {
  server = await createServer({ port: 0 });
  anyToken = await server.issueToken("somebody");
});
afterAll(() => server?.close());

/** The way of one socket's frames, and what all of them share. */
interface Wire {
  /** Gives the client a frame the server did not send. */
  tell(frame: ServerFrame): void;
  /** The client's queries and commands, by request. */
  readonly asked: ReadonlyMap<number, ClientFrame>;
  readonly others: ReadonlySet<Wire>;
  close(): void;
}

interface Defect {
  /** What the client gets instead of a frame of the server. */
  readonly down?: (frame: ServerFrame, wire: Wire) => readonly ServerFrame[];
  /** What the server gets instead of a frame of the client. */
  readonly up?: (frame: ClientFrame, wire: Wire) => readonly ClientFrame[];
  /** What the server gets instead of a WebSocket message of the client. */
  readonly raw?: (text: string, wire: Wire) => string | undefined;
  /** The client never learns that the server has ended the link. */
  readonly swallowsClose?: boolean;
}

/** A WebSocket whose other end has a defect. */
function socketClass({ down, up, raw, swallowsClose }: Defect): new (url: string) => KitSocket {
  const wires = new Set<Wire>();
  return class implements KitSocket {
    onopen: KitSocket["onopen"] = null;
    onmessage: ((event: { readonly data: string }) => void) | null = null;
    onerror: KitSocket["onerror"] = null;
    onclose: ((event: { readonly code: number }) => void) | null = null;
    readonly #socket: WebSocket;
    readonly #asked = new Map<number, ClientFrame>();
    readonly #wire: Wire;

    constructor(url: string) {
      const socket = new WebSocket(url);
      this.#socket = socket;
      const deliver = (frames: readonly ServerFrame[]): void => {
        if (frames.length > 0) this.onmessage?.({ data: JSON.stringify(frames) });
      };
      const wire: Wire = {
        tell: (frame) => deliver([frame]),
        asked: this.#asked,
        others: wires,
        close: () => socket.close(),
      };
      this.#wire = wire;
      wires.add(wire);
      socket.on("open", () => Reflect.apply(this.onopen ?? (() => {}), undefined, []));
      socket.on("error", () => {});
      socket.on("close", (code) => {
        wires.delete(wire);
        if (!swallowsClose) this.onclose?.({ code });
      });
      socket.on("message", (data: Buffer) => {
        const frames: readonly ServerFrame[] = [JSON.parse(data.toString())].flat();
        deliver(frames.flatMap((frame) => (down ? down(frame, wire) : [frame])));
      });
    }

    send(text: string): void {
      const sent = raw ? raw(text, this.#wire) : text;
      if (sent === undefined) return;
      if (!up && !/^[[{]/.test(sent)) return this.#socket.send(sent);
      const frames: readonly ClientFrame[] = /^[[{]/.test(sent) ? [JSON.parse(sent)].flat() : [];
      for (const frame of frames)
        if (typeof frame === "object" && "id" in frame) this.#asked.set(frame.id, frame);
      if (!up || frames.length === 0) return this.#socket.send(sent);
      const passed = frames.flatMap((frame) => up(frame, this.#wire));
      if (passed.length > 0) this.#socket.send(JSON.stringify(passed));
    }

    close(code?: number): void {
      this.#socket.close(code);
    }
  };
}

/** Runs the tests of one law; true if one of them fails. */
async function isBroken(law: string, defect: Defect): Promise<boolean> {
  const bodies: (() => Promise<void>)[] = [];
  backendConformance({
    describe: (_title, body) => body(),
    it: (title, body) => void (title.startsWith(`[${law}]`) && bodies.push(body)),
    url: server?.url ?? "",
    WebSocket: socketClass(defect),
    token: (userId) => server?.issueToken(userId),
    supports: { tokens: true, signals: true, receipts: true },
    patienceMs: 200,
    report: () => {},
  });
  expect(bodies).not.toEqual([]);
  const results = await Promise.allSettled(bodies.map((body) => body()));
  return results.some(({ status }) => status === "rejected");
}

type FrameOf<Type extends ServerFrame["type"]> = Extract<ServerFrame, { readonly type: Type }>;

/** Frames of one type are answered for; all others pass. */
function instead<Type extends ServerFrame["type"]>(
  type: Type,
  of: (frame: FrameOf<Type>, wire: Wire) => readonly ServerFrame[],
): Defect {
  const isOne = (frame: ServerFrame): frame is FrameOf<Type> => frame.type === type;
  return { down: (frame, wire) => (isOne(frame) ? of(frame, wire) : [frame]) };
}

/** Changes what is answered to one type of query. */
function result<Type extends keyof QueryResults>(
  type: Type,
  change: (found: QueryResults[Type]) => unknown,
): Defect {
  return instead("result", (frame, { asked }) => {
    const question = asked.get(frame.id);
    const isOne = question?.type === "query" && question.query.type === type;
    return [isOne ? { ...frame, result: change(JSON.parse(JSON.stringify(frame.result))) } : frame];
  });
}

/** Changes every change that is acked. */
function acked(change: (one: Change) => Change): Defect {
  return instead("ack", (frame) => [
    { ...frame, ack: { ...frame.ack, changes: frame.ack.changes.map((one) => change(one)) } },
  ]);
}

function everySecond(treat: (frame: FrameOf<"change">) => readonly ServerFrame[]): Defect {
  let count = 0;
  return instead("change", (frame) => (++count % 2 === 0 ? treat(frame) : [frame]));
}

const rejected = (code: string, treat: (frame: FrameOf<"reject">) => ServerFrame): Defect =>
  instead("reject", (frame) => [frame.code === code ? treat(frame) : frame]);

const accepting = ({ id }: FrameOf<"reject">): ServerFrame => ({
  type: "ack",
  id,
  ack: { commandId: newId(), changes: [] },
});

function reordered(): Defect {
  const late: ServerFrame[] = [];
  return instead("change", (frame) =>
    late.length === 0 ? (late.push(frame), []) : [frame, ...late.splice(0)],
  );
}

/** Tells others whatever one is told, if `mayHear`. */
function leaking(type: "change" | "signal", mayHear: (wire: Wire, where: string) => boolean): Defect {
  const told = new WeakMap<Wire, Set<string>>();
  const isNews = (wire: Wire, text: string): boolean => {
    const known = told.get(wire) ?? new Set();
    told.set(wire, known);
    return !known.has(text) && known.add(text).size > 0;
  };
  const leak = (frame: ServerFrame, wire: Wire, where: string): void => {
    const text = JSON.stringify(frame);
    isNews(wire, text);
    for (const other of wire.others) if (mayHear(other, where) && isNews(other, text)) other.tell(frame);
  };
  return {
    down(frame, wire) {
      const changes = frame.type === "ack" && type === "change" ? frame.ack.changes : [];
      for (const change of changes) leak({ type: "change", change }, wire, change.conversationId);
      if (frame.type === type) leak(frame, wire, frame.type === "change" ? frame.change.conversationId : "");
      return [frame];
    },
  };
}

/** Tells those who have heard of a conversation once all that is said there. */
function telling(): Defect {
  const members = new Map<string, Set<Wire>>();
  const leak = leaking("change", (wire, where) => members.get(where)?.has(wire) ?? false);
  return {
    down(frame, wire) {
      if (frame.type === "change") {
        const { conversationId } = frame.change;
        members.set(conversationId, (members.get(conversationId) ?? new Set()).add(wire));
      }
      return leak.down?.(frame, wire) ?? [frame];
    },
  };
}

/** A command that comes again gets another id on its way, and its answer the old one. */
function forgetful(): Defect {
  const seen = new Set<string>();
  const first = new Map<string, string>();
  return {
    up(frame) {
      if (frame.type !== "submit" || !seen.has(frame.command.commandId)) {
        if (frame.type === "submit") seen.add(frame.command.commandId);
        return [frame];
      }
      const commandId = newId();
      first.set(commandId, frame.command.commandId);
      return [{ ...frame, command: { ...frame.command, commandId } }];
    },
    down(frame) {
      if (frame.type !== "ack") return [frame];
      const { commandId } = frame.ack;
      return [{ ...frame, ack: { ...frame.ack, commandId: first.get(commandId) ?? commandId } }];
    },
  };
}

/** Acks a submit by itself, and passes it on later. */
const hasty: Defect = {
  up(frame, wire) {
    if (frame.type !== "submit" || frame.command.type !== "message.send") return [frame];
    wire.tell({ type: "ack", id: frame.id, ack: { commandId: frame.command.commandId, changes: [] } });
    return [];
  },
};

function closesAt(text: string, wire: Wire): string | undefined {
  if (!text.includes("teleport")) return text;
  wire.close();
  return undefined;
}

const greeting = (change: (frame: Extract<ClientFrame, { type: "hello" }>) => ClientFrame): Defect => ({
  up: (frame) => [frame.type === "hello" ? change(frame) : frame],
});

const twice = <Frame>(frame: Frame): readonly Frame[] => [frame, frame];
const atMost = (limit: number, seq: number): number => Math.min(limit, seq);

const withSeq = (change: Change): Change =>
  change.record.type === "message"
    ? { ...change, record: { ...change.record, seq: atMost(2, change.record.seq) } }
    : change;

const withGap = (change: Change): Change =>
  change.kind === "conversation.create" || change.rev < 5 ? change : { ...change, rev: change.rev + 1 };

describe("a backend without signals and receipts", () => {
  const down: Defect["down"] = (frame) =>
    frame.type === "signal" || frame.type === "receipt" ? [] : [frame];
  backendConformance({
    ...{ describe, it, report: () => {} },
    url: () => server?.url ?? "",
    WebSocket: socketClass({ down }),
    token: (userId) => server?.issueToken(userId),
    supports: { tokens: false, signals: false, receipts: false },
  });
});

/** What is wrong, the law it breaks, and how. */
const defects: readonly (readonly [string, string, () => Defect])[] = [
  ["welcomes twice", "B1", () => instead("welcome", twice)],
  [
    "tells no heads in its welcome",
    "B1",
    () => instead("welcome", ({ type, welcome }) => [{ type, welcome: { ...welcome, heads: [] } }]),
  ],
  ["takes any version", "B2", () => greeting((hello) => ({ ...hello, version: 1 }))],
  ["takes any token", "B3", () => greeting((hello) => ({ ...hello, token: anyToken }))],
  [
    "lets anybody renew a link",
    "B3",
    () => rejected("auth/invalid", ({ id }) => ({ type: "refreshed", id })),
  ],
  ["answers twice", "B4", () => instead("result", twice)],
  ["answers under another id", "B4", () => instead("result", (frame) => [{ ...frame, id: frame.id + 1 }])],
  [
    "ends the link at a command it does not know",
    "B6",
    () => ({
      raw: closesAt,
    }),
  ],
  ["lives on after what it cannot read", "B7", () => ({ swallowsClose: true })],
  ["takes messages of any size", "B8", () => ({ raw: (text) => (text.length > 60_000 ? undefined : text) })],
  ["refuses without a code", "B9", () => instead("reject", (frame) => [{ ...frame, code: "no" }])],
  ["calls every refusal passing", "B9", () => instead("reject", (frame) => [{ ...frame, retryable: true }])],
  ["does a command again that comes again", "B10", forgetful],
  ["takes the id of somebody else's command", "B11", () => rejected("command/id-taken", accepting)],
  [
    "takes submits in any order",
    "B12",
    () => ({
      up: (frame) => [
        frame.type === "submit" ? { type: "submit", id: frame.id, command: frame.command } : frame,
      ],
    }),
  ],
  ["stops a lane at a final refusal", "B13", stopsAtRefusal],
  ["leaves a gap in its revisions", "B14", () => acked(withGap)],
  [
    "gives a sequence twice",
    "B14",
    () =>
      result("history", (page) => ({
        ...page,
        messages: page.messages.map((each) => ({ ...each, seq: atMost(2, each.seq) })),
      })),
  ],
  ["acks before it has stored", "B15", () => hasty],
  ["acks another record than it stores", "B15", () => acked(withSeq)],
  ["loses a push", "B16", () => everySecond(() => [])],
  ["pushes twice", "B16", () => everySecond(twice)],
  ["pushes in another order", "B16", reordered],
  [
    "pushes to the wrong conversation",
    "B16",
    () => everySecond(({ type, change }) => [{ type, change: { ...change, conversationId: "elsewhere" } }]),
  ],
  ["pushes to everybody", "B17", () => leaking("change", () => true)],
  ["tells outsiders what exists", "B17", () => existenceTold()],
  ["pushes to a removed member", "B18", telling],
  ["enforces no permissions", "B19", () => rejected("permission/denied", accepting)],
  ["lets the muted speak", "B19", () => rejected("permission/muted", accepting)],
  [
    "says reset when it need not",
    "B20",
    () => result("changes", (page) => ({ ...page, reset: true, records: [] })),
  ],
  [
    "leaves a record out of catching up",
    "B20",
    () => result("changes", (page) => ({ ...page, records: page.records.slice(1) })),
  ],
  ["says reset and gives records", "B21", () => result("changes", (page) => ({ ...page, reset: false }))],
  [
    "is off by one in its pages",
    "B22",
    () => result("history", (page) => ({ ...page, messages: page.messages.slice(1) })),
  ],
  ["forgets versions", "B23", () => result("versions", () => [])],
  [
    "counts one's own messages as unread",
    "B24",
    () => result("conversations", (page) => ({ items: page.items.map((item) => ({ ...item, unread: 0 })) })),
  ],
  [
    "counts one's own messages as unread, in a thread",
    "B30",
    () =>
      result("thread", (page) =>
        page.unread ? { ...page, unread: { ...page.unread, count: page.unread.count + 1 } } : page,
      ),
  ],
  ["tells no heads in its pongs", "B25", () => instead("pong", (frame) => [{ ...frame, heads: [] }])],
  [
    "answers pings with another number",
    "B25",
    () => instead("pong", (frame) => [{ ...frame, n: frame.n + 1 }]),
  ],
  ["tells nobody what was read", "B26", () => instead("receipt", () => [])],
  [
    "acks watermarks beyond the newest message",
    "B26",
    () =>
      instead("ack", ({ type, id, ack }) => [
        {
          type,
          id,
          ack: ack.receipt
            ? { ...ack, receipt: { ...ack.receipt, deliveredSeq: 1_000, readSeq: 1_000 } }
            : ack,
        },
      ]),
  ],
  ["shows typing to everybody", "B27", () => leaking("signal", () => true)],
  ["shows no typing", "B27", () => instead("signal", () => [])],
  [
    "keeps fields it does not know",
    "B5",
    () =>
      result("history", (page) => ({
        ...page,
        messages: page.messages.map((each) => ({ ...each, glitter: 1 })),
      })),
  ],
  ["has no rates but those it announces", "B29", () => rejected("rate/limited", accepting)],
  [
    "does not say how long to wait",
    "B29",
    () => rejected("rate/limited", (frame) => ({ ...frame, retryAfterMs: 0 })),
  ],
  ["shows the typing of strangers", "B28", typingOfStrangers],
];

describe("backendConformance", () => {
  it("is tried with a defect for each of its laws", () => {
    const laws = new Set<string>();
    const it = (title: string): void => void laws.add(/^\[(.+?)\]/.exec(title)?.[1] ?? title);
    const supports = { tokens: true, signals: true, receipts: true };
    backendConformance({ describe: (_, body) => body(), it, url: "", WebSocket, token: () => "", supports });
    expect(new Set(defects.map(([, law]) => law))).toEqual(laws);
  });

  it.each(defects)("notices a backend that %s, by %s", async (_, law, defect) => {
    expect(await isBroken(law, defect())).toBe(true);
  });
});

function stopsAtRefusal(): Defect {
  let isStopped = false;
  return {
    down(frame) {
      if (frame.type === "reject" && !frame.retryable) isStopped = true;
      return isStopped && frame.type === "ack" ? [] : [frame];
    },
  };
}

function existenceTold(): Defect {
  const known = new Set<string>();
  return {
    up(frame) {
      if (frame.type === "submit" && frame.command.type === "conversation.create")
        known.add(frame.command.conversationId);
      return [frame];
    },
    down(frame, { asked }) {
      if (frame.type !== "reject") return [frame];
      const question = JSON.stringify(asked.get(frame.id) ?? "");
      const exists = [...known].some((id) => question.includes(id));
      return [exists ? { ...frame, code: "permission/denied" } : frame];
    },
  };
}

function typingOfStrangers(): Defect {
  return {
    up(frame, wire) {
      if (frame.type === "signal" && frame.signal.type === "typing") {
        const signal = { ...frame.signal, userId: "a stranger" };
        for (const other of wire.others) if (other !== wire) other.tell({ type: "signal", signal });
      }
      return [frame];
    },
  };
}
