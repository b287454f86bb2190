import { describe, expect, it } from "vitest";
import { type ChangeKind } from "../../src/protocol/changes.ts";
import { type CommandType } from "../../src/protocol/commands.ts";
import { type ClientFrame, type ServerFrame } from "../../src/protocol/frames.ts";
import { parseClientFrames } from "../../src/protocol/parse-client.ts";
import { parseResult, parseServerFrames } from "../../src/protocol/parse-server.ts";
import { queryResults, type QueryType } from "../../src/protocol/queries.ts";
import { type Signal, type SignalEvent } from "../../src/protocol/signals.ts";
import { goldenFrames, invalidFrames, type Side, toleratedFrames } from "./index.ts";

const sides = ["client", "server"] as const;

function parse(from: Side, text: string): ReturnType<typeof parseClientFrames | typeof parseServerFrames> {
  return from === "client" ? parseClientFrames(text) : parseServerFrames(text);
}

function framesOf(from: Side, text: string): readonly { readonly type: string }[] {
  const parsed = parse(from, text);
  if (!parsed.ok) throw parsed.error;
  return parsed.frames;
}

for (const from of sides) {
  describe(`frames a ${from} sends`, () => {
    for (const { name, text, frames } of goldenFrames(from)) {
      it(`${name} comes back whole`, () => {
        expect(framesOf(from, text)).toEqual(frames);
      });
    }

    for (const { name, why, text, read } of toleratedFrames(from)) {
      it(`${name}: ${why}`, () => {
        expect(framesOf(from, text)).toEqual(read);
      });
    }
  });

  describe(`what is refused of a ${from}`, () => {
    const closing = invalidFrames(from).filter(({ answer }) => answer === "close");
    for (const { name, why, text, code, at } of closing) {
      it(`${name}: ${why}`, () => {
        const parsed = parse(from, text);
        expect(parsed).toMatchObject({ ok: false, error: { code, retryable: false } });
        expect(parsed).toHaveProperty("error.message", message(at));
      });
    }
  });
}

describe("a request that cannot be understood but answered", () => {
  for (const { name, why, text, code, at } of invalidFrames("client").filter(
    (each) => each.answer === "reject",
  )) {
    it(`[D7] ${name}: ${why}`, () => {
      const { id, lane, command } = JSON.parse(text);
      const [frame, ...more] = framesOf("client", text);
      expect(more).toEqual([]);
      expect(frame).toMatchObject({ type: "malformed", id, error: { code, retryable: false } });
      expect(frame).toHaveProperty("error.message", message(at));
      expect(Object(frame).lane).toBe(lane);
      const isNamed = at !== "command" && at !== "command.conversationId";
      expect(Object(frame).conversationId).toBe(isNamed ? command?.conversationId : undefined);
    });
  }
});

function message(at: string | undefined): string {
  return `unable to read the frame; ${at === undefined ? "it is not JSON" : `it is wrong at ${at}`}`;
}

describe("results", () => {
  for (const type of keysOf(queryResults)) {
    const results = goldenFrames("server").filter(({ name }) => `${name}.`.startsWith(`result.${type}.`));
    it.each(results)(`${type}: $name has the shape the query asks for`, ({ frames: [frame] }) => {
      const { result } = Object(frame);
      expect(parseResult(type, result)).toEqual(result);
    });
  }
});

function keysOf<Key extends string>(record: { readonly [K in Key]: unknown }): Key[] {
  return Object.keys(record).filter((key): key is Key => key in record);
}

// A type that is added and gets no golden frame fails to compile here, or fails the test below.
const clientTypes: Record<ClientFrame["type"], 1> = {
  hello: 1,
  submit: 1,
  query: 1,
  signal: 1,
  ping: 1,
  refresh: 1,
};
const serverTypes: Record<ServerFrame["type"], 1> = {
  welcome: 1,
  ack: 1,
  reject: 1,
  result: 1,
  refreshed: 1,
  change: 1,
  receipt: 1,
  signal: 1,
  pong: 1,
  policy: 1,
  closing: 1,
};
const changeKinds: Record<ChangeKind, 1> = {
  "message.send": 1,
  "message.edit": 1,
  "message.delete": 1,
  "message.pin": 1,
  "message.unpin": 1,
  "message.react": 1,
  "message.unreact": 1,
  "poll.vote": 1,
  "poll.close": 1,
  "conversation.create": 1,
  "conversation.update": 1,
  "conversation.status": 1,
  "conversation.prune": 1,
  "participant.add": 1,
  "participant.join": 1,
  "participant.leave": 1,
  "participant.remove": 1,
  "participant.ban": 1,
  "participant.unban": 1,
  "participant.mute": 1,
  "participant.unmute": 1,
  "participant.role": 1,
  "participant.permissions": 1,
  "participant.notify": 1,
  "note.set": 1,
  "note.clear": 1,
};
const commandTypes: Record<CommandType, 1> = { ...changeKinds, "receipt.mark": 1 };
const queryTypes: Record<QueryType, 1> = {
  changes: 1,
  history: 1,
  conversations: 1,
  conversation: 1,
  participants: 1,
  versions: 1,
  reactors: 1,
  voters: 1,
  receipts: 1,
  search: 1,
  notes: 1,
  preview: 1,
  messages: 1,
  thread: 1,
  pins: 1,
  "file.upload": 1,
  "file.complete": 1,
  "file.cancel": 1,
  "file.state": 1,
  "file.download": 1,
};
const signalTypes: Record<Signal["type"], 1> = { typing: 1, presence: 1, watch: 1 };
const signalEventTypes: Record<SignalEvent["type"], 1> = { typing: 1, presence: 1 };

/** One file at least for each name: `submit.message.send`, perhaps with more words behind. */
function withoutFile(from: Side, prefix: string, names: object): string[] {
  const files = goldenFrames(from).map(({ name }) => `${name}.`);
  return Object.keys(names).filter((name) => !files.some((file) => file.startsWith(`${prefix}${name}.`)));
}

describe("the golden frames", () => {
  it("show every type there is", () => {
    expect(withoutFile("client", "", clientTypes)).toEqual([]);
    expect(withoutFile("server", "", serverTypes)).toEqual([]);
    expect(withoutFile("client", "submit.", commandTypes)).toEqual([]);
    expect(withoutFile("server", "change.", changeKinds)).toEqual([]);
    expect(withoutFile("client", "query.", queryTypes)).toEqual([]);
    expect(withoutFile("server", "result.", queryTypes)).toEqual([]);
    expect(withoutFile("client", "signal.", signalTypes)).toEqual([]);
    expect(withoutFile("server", "signal.", signalEventTypes)).toEqual([]);
  });

  it("stand in files named after their type, and kind", () => {
    const misnamed = sides
      .flatMap(goldenFrames)
      .filter(({ name, frames }) => name !== "several" && !name.startsWith(nameOf(frames[0])));
    expect(misnamed).toEqual([]);
  });
});

function nameOf(frame: unknown): string {
  const { type, command, change, query, signal } = Object(frame);
  return [type, command?.type ?? change?.kind ?? query?.type ?? signal?.type ?? ""]
    .join(".")
    .replace(/\.$/, "");
}
