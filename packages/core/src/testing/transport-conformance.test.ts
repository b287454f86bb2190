import { describe, expect, it } from "vitest";
import { MessagingError } from "../errors/messaging-error.ts";
import { memoryBench } from "../../test/transport/memory-bench.ts";
import type { CloseReason, Link, LinkEvent, OpenRequest, Transport } from "../ports/transport.ts";
import { newId } from "./dialled.ts";
import type { TransportBench } from "./transport-bench.ts";
import { transportConformance } from "./transport-conformance.ts";

const conversationId = "general";
const able = { pipelining: true, signals: true, receipts: true, search: true } as const;
const supports = { ...able, tokens: true, farewells: true, garbling: true } as const;

describe("memoryTransport", () => {
  transportConformance({ describe, it, supports, create: memoryBench, report: () => {} });
});

/** The same backend, without tokens, signals, receipts and search, one command at a time: what a modest one offers. */
async function modestBench(): Promise<TransportBench> {
  const { backend, ...bench } = await memoryBench();
  const sound = bench.transport;
  const open: Transport["open"] = async (request, signal) => {
    const receive: OpenRequest["receive"] = (events) =>
      request.receive(events.filter(({ type }) => type !== "signal" && type !== "receipt"));
    const { refresh: _, ...link } = await sound.open({ ...request, token: "ada", receive }, signal);
    let last: Promise<unknown> = Promise.resolve();
    const submit: Link["submit"] = (command) => {
      const answer = last.then(() => link.submit(command));
      last = answer.catch(() => {});
      return answer;
    };
    const query: Link["query"] = (asked) => {
      if (asked.type === "search") throw new MessagingError("command/unsupported");
      return link.query(asked);
    };
    return { ...link, submit, query: async (asked) => query(asked), signal: () => {} };
  };
  return {
    transport: { supports: { pipelining: false, signals: false, receipts: false }, open },
    conversationId,
    token: undefined,
    backend,
  };
}

describe("a transport that supports nothing", () => {
  const none = { pipelining: false, signals: false, receipts: false, tokens: false, farewells: false };
  transportConformance({ describe, it, supports: none, create: modestBench, report: () => {} });
});

/** A transport like the sound one, but for one defect. */
type Break = (sound: Transport) => Partial<Transport>;

/** The laws, or one of them by id, that a transport is found to break. */
async function broken(breakIt: Break, law = ""): Promise<readonly string[]> {
  const laws: { readonly title: string; readonly body: () => Promise<void> }[] = [];
  transportConformance({
    describe: (_title, body) => body(),
    it: (title, body) => void (title.startsWith(`[${law}`) && laws.push({ title, body })),
    supports,
    patienceMs: 150,
    report: () => {},
    async create() {
      const bench = await memoryBench();
      return { ...bench, transport: { ...bench.transport, ...breakIt(bench.transport) } };
    },
  });
  const verdicts = laws.map(({ title, body }) =>
    body().then(
      () => [],
      () => [/\[(.+?)\]/.exec(title)?.[1] ?? title],
    ),
  );
  return [...new Set((await Promise.all(verdicts)).flat())];
}

/** What goes through `receive`, changed on its way. */
function receiving(change: (events: readonly LinkEvent[]) => readonly LinkEvent[]): Break {
  return (sound) => ({
    open: (request, signal) =>
      sound.open({ ...request, receive: (events) => request.receive(change(events)) }, signal),
  });
}

/** The link that is handed out, changed. */
function handing(change: (link: Link, request: OpenRequest) => Partial<Link>): Break {
  return (sound) => ({
    async open(request, signal) {
      const link = await sound.open(request, signal);
      return { ...link, ...change(link, request) };
    },
  });
}

const isSaid = (event: LinkEvent): boolean => event.type === "change" && event.change.kind === "message.send";

/** Each event of one type is treated in another way. */
function treating(type: LinkEvent["type"], treat: (event: LinkEvent) => readonly LinkEvent[]): Break {
  return receiving((events) => events.flatMap((event) => (event.type === type ? treat(event) : [event])));
}

const none = (): [] => [];
const twice = (event: LinkEvent): readonly LinkEvent[] => [event, event];

/** Tells another reason for the end. */
const because = (change: (reason: CloseReason) => CloseReason): Break =>
  treating("closed", (event) =>
    event.type === "closed" ? [{ type: "closed", reason: change(event.reason) }] : [],
  );

/** Every tenth thing said is treated in another way. */
function everyTenth(treat: (event: LinkEvent) => readonly LinkEvent[]): Break {
  return (sound) => {
    let count = 0;
    const change = (events: readonly LinkEvent[]): readonly LinkEvent[] =>
      events.flatMap((event) => (isSaid(event) && ++count % 10 === 0 ? treat(event) : [event]));
    return receiving(change)(sound);
  };
}

const elsewhere = (event: LinkEvent): LinkEvent =>
  event.type === "change" ? { ...event, change: { ...event.change, conversationId: "elsewhere" } } : event;

const altered = (event: LinkEvent): LinkEvent =>
  event.type === "change" && event.change.record.type === "message"
    ? { ...event, change: { ...event.change, record: { ...event.change.record, version: 7 } } }
    : event;

const never = (): Promise<never> => new Promise(() => {});

/** What is wrong, the law it breaks, and how. */
const defects: readonly (readonly [string, string, Break])[] = [
  ["tells welcome twice", "T1", treating("welcome", twice)],
  ["tells no welcome", "T1", treating("welcome", none)],
  [
    "does not heed the signal",
    "T2",
    (sound) => ({ open: (request) => sound.open(request, new AbortController().signal) }),
  ],
  [
    "leaves its listener on the signal",
    "T2",
    (sound) => ({
      open(request, signal) {
        signal.addEventListener("abort", () => {});
        return sound.open(request, signal);
      },
    }),
  ],
  ["has one link for all", "T3", sharesLink],
  [
    "acks by itself",
    "T4",
    handing(() => ({ submit: async ({ commandId }) => ({ commandId, changes: [] }) })),
  ],
  ["answers a submit before the backend has", "T4", acksEarly],
  [
    "submits twice, under another id",
    "T4",
    handing((link) => ({
      submit: (command) => link.submit({ ...command, commandId: newId() }).then(() => link.submit(command)),
    })),
  ],
  ["answers a ping by itself", "T4", handing(() => ({ ping: () => Promise.resolve() }))],
  ["mixes up answers", "T5", mixesAnswers],
  [
    "throws refusals without a code",
    "T6",
    handing((link) => ({ submit: (command) => link.submit(command).catch(plainError) })),
  ],
  [
    "forgets when to come back with a command",
    "T6",
    handing((link) => ({ submit: (command) => link.submit(command).catch(hasty) })),
  ],
  ["loses a push", "T7", everyTenth(none)],
  ["delivers a push twice", "T7", everyTenth(twice)],
  ["lets a push overtake", "T7", swapsPushes],
  ["says a change was elsewhere", "T7", everyTenth((event) => [elsewhere(event)])],
  ["alters what is pushed", "T7", everyTenth((event) => [altered(event)])],
  [
    "keeps pushes and heads to itself",
    "T8",
    receiving((events) => events.filter(({ type }) => type === "welcome" || type === "closed")),
  ],
  ["swallows close", "T9", handing(() => ({ close: () => {} }))],
  ["tells closed twice", "T9", treating("closed", twice)],
  ["never tells closed", "T9", treating("closed", none)],
  ["tells more after closed", "T9", treating("closed", (event) => [event, { type: "heads", heads: [] }])],
  [
    "leaves waiting what it has not answered",
    "T10",
    handing((link) => ({ ping: () => link.ping().catch(never) })),
  ],
  ["hangs when it is asked after close", "T11", hangsLater],
  ["invents a reason for a break", "T12", because(() => ({ code: "auth/invalid", retryable: false }))],
  ["forgets when to come back after a farewell", "T13", because(({ code }) => ({ code, retryable: true }))],
  [
    "does not say why what waits was lost",
    "T13",
    handing((link) => ({ submit: (command) => link.submit(command).catch(hasty) })),
  ],
  [
    "takes garbage for a refusal",
    "T19",
    handing((link) => ({ submit: (command) => link.submit(command).catch(misreads) })),
  ],
  [
    "opens with any token",
    "T14",
    (sound) => ({ open: (request, signal) => sound.open({ ...request, token: "ada" }, signal) }),
  ],
  ["ends the link when a refresh is refused", "T14", takesRefreshBadly],
  ["sends submits in another order", "T15", shufflesSubmits],
  ["carries no typing", "T16", treating("signal", none)],
  ["carries no receipts", "T17", treating("receipt", none)],
  [
    "says it supports what it does not",
    "T18",
    () => ({ supports: { pipelining: false, signals: true, receipts: true } }),
  ],
  ["finds nothing", "T20", findsNothing],
];

describe("transportConformance", () => {
  it("is tried with a defect for each of its laws", () => {
    const laws = new Set<string>();
    const it = (title: string): void => void laws.add(/^\[(.+?)\]/.exec(title)?.[1] ?? title);
    transportConformance({ describe: (_, body) => body(), it, supports, create: memoryBench });
    expect(new Set(defects.map(([, law]) => law))).toEqual(laws);
  });

  it("finds nothing wrong with a transport that keeps the contract", async () => {
    expect(await broken(() => ({}))).toEqual([]);
  });

  it.each(defects)("notices a transport that %s, by %s", async (_, id, breakIt) => {
    expect(await broken(breakIt, `${id}]`)).toEqual([id]);
  });
});

function swapsPushes(sound: Transport): Partial<Transport> {
  let late: LinkEvent[] = [];
  let count = 0;
  return receiving((events) =>
    events.flatMap((event) => {
      if (isSaid(event) && ++count % 10 === 0) {
        late.push(event);
        return [];
      }
      const found = late;
      late = [];
      return [event, ...found];
    }),
  )(sound);
}

function acksEarly(sound: Transport): Partial<Transport> {
  return handing((link) => ({
    submit: ({ commandId, ...command }) => {
      link.submit({ commandId, ...command }).catch(() => {});
      return Promise.resolve({ commandId, changes: [] });
    },
  }))(sound);
}

/** As with one slot for what waits, instead of one for each. */
function mixesAnswers(sound: Transport): Partial<Transport> {
  return handing((link) => {
    let slot: Promise<unknown> = Promise.resolve();
    return {
      query: async (query) => {
        slot = link.query(query);
        await Promise.resolve();
        return JSON.parse(JSON.stringify(await slot));
      },
    };
  })(sound);
}

function findsNothing(sound: Transport): Partial<Transport> {
  return handing((link) => ({
    query: async (query) => {
      const result = await link.query(query);
      return query.type === "search" ? JSON.parse('{ "items": [] }') : result;
    },
  }))(sound);
}

function plainError(error: unknown): never {
  throw new Error(String(error));
}

function misreads(): never {
  throw new MessagingError("protocol/malformed");
}

function hasty(error: unknown): never {
  throw error instanceof MessagingError ? new MessagingError(error.code, { message: error.message }) : error;
}

function sharesLink(sound: Transport): Partial<Transport> {
  let shared: Promise<Link> | undefined;
  return { open: (request, signal) => (shared ??= sound.open(request, signal)) };
}

function takesRefreshBadly(sound: Transport): Partial<Transport> {
  return handing((link) => ({
    refresh: (token) =>
      (link.refresh?.(token) ?? never()).catch((error: unknown) => {
        link.close();
        throw error;
      }),
  }))(sound);
}

function hangsLater(sound: Transport): Partial<Transport> {
  return handing((link) => {
    let isOver = false;
    return {
      submit: (command) => (isOver ? never() : link.submit(command)),
      close() {
        isOver = true;
        link.close();
      },
    };
  })(sound);
}

function shufflesSubmits(sound: Transport): Partial<Transport> {
  return handing((link) => {
    let turn = 0;
    return {
      async submit(command) {
        for (let left = (turn++ % 3) * 2; left > 0; left -= 1) await Promise.resolve();
        return link.submit(command);
      },
    };
  })(sound);
}
