import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMemoryBackend } from "../memory/backend.ts";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage } from "../ports/storage.ts";
import type { Transport } from "../ports/transport.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import { createInspectedClient, type InspectOptions } from "./inspected-client.ts";
import { createRedaction } from "./redaction.ts";

/** What people write, and what lets somebody in. */
interface Secrets {
  readonly text: string;
  readonly edited: string;
  readonly name: string;
  readonly fileName: string;
  /** Of what an app hangs on a message: could be a field of ours by its looks. */
  readonly field: string;
  readonly token: string;
  readonly draft: string;
  readonly link: string;
  readonly emoji: string;
  readonly reason: string;
}

/** Nothing a recording would hold by chance: it knows no such letters in a row. */
const secret = fc
  .array(fc.constantFrom("q", "J", "zv", "K", "ß", "漢", "🦉"), { minLength: 6, maxLength: 12 })
  .map((letters) => letters.join(""));
const field = fc
  .array(fc.constantFrom("q", "J", "zv", "K"), { minLength: 6, maxLength: 12 })
  .map((letters) => `q${letters.join("")}`);
const secrets: fc.Arbitrary<Secrets> = fc.record({
  field,
  ...{ text: secret, edited: secret, name: secret, fileName: secret, token: secret, draft: secret },
  ...{ link: secret, emoji: fc.constantFrom("🦚", "🦩", "🦢"), reason: secret },
});

/** Fails once, in words that are somebody's. */
function failing(transport: Transport, reason: string): Transport {
  let hasFailed = false;
  return {
    get supports() {
      return transport.supports;
    },
    async open(request, signal) {
      if (hasFailed) return transport.open(request, signal);
      hasFailed = true;
      throw new Error(reason);
    },
  };
}

function failingStorage(storage: Storage, reason: string): Storage {
  let writes = 0;
  return {
    supports: storage.supports,
    open: () => storage.open(),
    get: (key) => storage.get(key),
    scan: (range) => storage.scan(range),
    close: () => storage.close(),
    write: async (operations) => {
      if ((writes += 1) === 6) throw new Error(reason);
      return storage.write(operations);
    },
  };
}

/** Every way by which something written, or a token, passes a client's edges; twice, so that it is read from storage too. */
async function leadAwayThrough(given: Secrets, inspect: InspectOptions): Promise<string> {
  const { text, edited, name, fileName, field, token, draft, link, emoji, reason } = given;
  const [clock, random, storage] = [virtualClock(1_790_000_000_000), seededRandom(3), memoryStorage()];
  const backend = createMemoryBackend({ clock, random });
  const ben = createInspectedClient({ transport: backend.transport("ben"), clock, random, logger: () => {} });
  void ben.connect();
  await clock.advance(1_000);
  let exported = "";
  for (let life = 0; life < 2; life += 1) {
    const client = createInspectedClient(
      {
        ...{ clock, random, userId: "ada", auth: () => token, logger: () => {} },
        transport: failing(backend.transport("ada"), reason),
        storage: failingStorage(storage, reason),
      },
      inspect,
    );
    const room = client.conversation("general");
    void client.connect().catch(() => {});
    await clock.advance(3_000);
    const ranges = [{ type: "link", start: 0, end: 1, value: link }] as const;
    const sent = await room.send({ text, ranges, custom: { [field]: { file: fileName } } });
    await clock.advance(500);
    await room.edit(sent.id, edited).catch(() => {}); // one of the writes fails
    await room.react(sent.id, emoji).catch(() => {});
    room.draft.set(draft);
    void client
      .createConversation({ kind: "group", name, description: name, custom: { [name]: 1 } })
      .catch(() => {});
    const other = await ben.conversation("general").send({ text, custom: { fileName } });
    await clock.advance(2_000);
    await ben.conversation("general").react(other.id, emoji);
    backend.faults.cut();
    await clock.advance(5_000);
    await room.versions(sent.id).catch(() => {});
    await room.reactors(sent.id, emoji).catch(() => {});
    void room.send(text).catch(() => {});
    exported += client.recorder.export();
    await client.close();
  }
  await ben.close();
  return exported;
}

/** What stands for an emoji, and is one: what is replayed reacts with it. */
const numbered = (digits: string): string =>
  `🏴${digits.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xe0030 + Number(digit)))}\u{e007f}`;

const UUID = "01900000-0000-7000-8000-000000000001";

describe("a recording", () => {
  it("has nothing of what people wrote, no name, no token, no file's name, whatever way it went", async () => {
    const run = async (given: Secrets): Promise<void> => {
      const exported = await leadAwayThrough(given, {});
      for (const each of Object.values(given)) expect(exported).not.toContain(each);
      expect(exported).not.toContain(JSON.stringify(given.text).slice(1, -1));
      expect(exported).toContain('"type":"heard"');
    };
    await fc.assert(fc.asyncProperty(secrets, run), { numRuns: 8, seed: 20 });
  });

  it("has what people wrote where the app asks for it, but still no token", async () => {
    const given: Secrets = {
      ...{
        text: "qJqJzvzv",
        edited: "KKqJßß",
        name: "漢漢qJ",
        fileName: "zvzvKK",
        field: "qKKzvJ",
        token: "tokentoken",
      },
      ...{ draft: "ßßqJKK", link: "KzvKzv", emoji: "🦚", reason: "JJJqqq" },
    };
    const exported = await leadAwayThrough(given, { record: { redact: false } });
    const { token, reason, ...written } = given;
    for (const each of Object.values(written)) expect(exported).toContain(each);
    for (const each of [token, reason]) expect(exported).not.toContain(each);
  });
});

describe("redaction", () => {
  it("leaves lengths, ids and numbers, and tells one text from another without saying which", () => {
    const redact = createRedaction();
    const message = { type: "message", id: "m", seq: 3, authorId: "ada", content: { text: "hello" } };
    expect(redact(message)).toEqual({ ...message, content: { text: "xxxx1" } });
    expect(redact({ content: { text: "hello" } })).toEqual({ content: { text: "xxxx1" } });
    expect(redact({ content: { text: "other" } })).toEqual({ content: { text: "xxxx2" } });
    expect(redact("")).toBe("");
    const reactions = [{ emoji: "👍", count: 2, userIds: ["ada"] }];
    expect(redact({ reactions, own: { [UUID]: ["👍", "🎉"] } })).toEqual({
      reactions: [{ emoji: numbered("003"), count: 2, userIds: ["ada"] }],
      own: { [UUID]: [numbered("003"), numbered("004")] },
    });
  });

  it("takes a field it has never heard of for something that was written", () => {
    const redact = createRedaction();
    expect(redact({ nickname: "Ada L.", "her secret": 1, deep: [{ note: "abc" }] })).toEqual({
      nickname: "xxxxx1",
      deep: [{ note: "xx2" }],
    });
    expect(redact({ authorId: "a".repeat(129) })).not.toEqual({ authorId: "a".repeat(129) });
  });
});
