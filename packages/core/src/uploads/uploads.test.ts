import { describe, expect, it } from "vitest";
import {
  pattern,
  phaseOf,
  phases,
  said,
  TWO_PARTS,
  uploadWorld,
  type UploadWorld,
} from "../../test/uploads/upload-world.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Storage } from "../ports/storage.ts";
import type { UploadLocks } from "./locks.ts";
import type { Upload } from "./types.ts";

const keysOf = async (storage: Storage, prefix: string): Promise<number> =>
  (await storage.scan({ prefix: [prefix] })).length;

/** What the backend gives for a file, as bytes. */
async function download({ live, clock }: UploadWorld, fileId: string): Promise<Uint8Array> {
  const reader = live();
  await reader.client.connect();
  await clock.settle();
  const { url } = await reader.uploads.link("general", fileId);
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  await reader.client.close();
  return bytes;
}

/** Vitest's own comparison takes a minute for so many bytes. */
const isSame = (one: Uint8Array, other: ArrayBuffer): boolean =>
  Buffer.compare(one, new Uint8Array(other)) === 0;

describe("an upload", () => {
  it("[U12, D1] is shown with its message at once, goes out by itself, and leaves nothing on storage (row G8)", async () => {
    const world = uploadWorld();
    const { client, uploads, room } = world.live();
    const file = pattern(TWO_PARTS);
    const photo = uploads.add("general", file, { width: 4, height: 3 });
    const sending = room.send({ text: "look", attachments: [photo.attachment] });
    expect(room.timeline.get().items.at(-1)).toMatchObject({
      status: "queued",
      message: { content: { text: "look", attachments: [{ name: "photo.png", kind: "image", width: 4 }] } },
    });
    expect((await uploads.bytes(photo.fileId))?.size).toBe(TWO_PARTS);
    const sent = await sending;
    expect(await keysOf(world.storage, "upload-bytes")).toBe(6);
    await world.clock.advance(5_000);
    expect([phaseOf(photo), sent.status, world.puts]).toEqual(["waiting", "queued", []]);
    await client.connect();
    await world.clock.advance(1_000);
    expect([sent.status, said(world.backend)]).toEqual(["sent", ["look +1"]]);
    expect(uploads.list.get()).toEqual([]);
    expect((await uploads.bytes(photo.fileId))?.size).toBe(TWO_PARTS);
    expect(await keysOf(world.storage, "upload")).toBe(0);
    expect(await keysOf(world.storage, "upload-bytes")).toBe(0);
    expect(isSame(await download(world, photo.fileId), await file.arrayBuffer())).toBe(true);
  });

  it("[U13, D7] lets later messages pass, and what is about its message waits with it", async () => {
    const world = uploadWorld();
    const { client, uploads, room } = world.live();
    await client.connect();
    await world.clock.settle();
    let let2nd = (): void => {};
    const gate = new Promise<"pass">((resolve) => (let2nd = () => resolve("pass")));
    world.meddle((part) => (part.endsWith("/2") ? gate : undefined));
    const photo = uploads.add("general", pattern(TWO_PARTS));
    const sent = await room.send({ text: "look", attachments: [photo.attachment] });
    const answer = await room.send({ text: "an answer", replyTo: sent.id });
    await room.edit(answer.id, "the answer");
    await room.send("later");
    await world.clock.advance(1_000);
    expect(said(world.backend)).toEqual(["later"]);
    expect(photo.state.get()).toMatchObject({ phase: "uploading", sentBytes: 5 * 1_024 * 1_024 });
    let2nd();
    await world.clock.advance(1_000);
    expect(said(world.backend)).toEqual(["later", "look +1", "the answer"]);
    expect(client.outbox.get()).toMatchObject({ waiting: 0, failed: 0 });
  });

  it("[U13, D6] lets what is about a message wait for it no longer than it waits itself: not when it was refused, nor when it was called off", async () => {
    const world = uploadWorld();
    const { client, uploads, room } = world.live();
    world.meddle(() => new Response(null, { status: 503 }));
    await client.connect();
    const say = async (text: string): Promise<string> => {
      const photo = uploads.add("general", pattern(1_000));
      const { id } = await room.send({ text, attachments: [photo.attachment] });
      await room.edit(id, `${text} now`);
      return id;
    };
    await say("refused");
    const calledOff = await say("called off");
    await world.clock.advance(1_000);
    expect(client.outbox.get()).toMatchObject({ waiting: 4, failed: 0 });
    client.outbox.cancel(calledOff);
    await world.clock.advance(1_000);
    expect(client.outbox.get()).toMatchObject({ waiting: 2, failed: 1 });
    await world.clock.advance(20 * 60_000);
    const errors = client.outbox.get().entries.map(({ command, error }) => [command.type, error?.code]);
    expect(errors).toEqual([
      ["message.send", "upload/failed"],
      ["message.edit", "message/not-found"],
      ["message.edit", "message/not-found"],
    ]);
  });

  it("[U2] puts no more parts at once than it may, of all files together", async () => {
    const world = uploadWorld();
    const { client, uploads } = world.live();
    await client.connect();
    await world.clock.settle();
    const all = Array.from({ length: 4 }, () => uploads.add("general", pattern(TWO_PARTS)));
    await world.clock.advance(2_000);
    expect(all.map(phaseOf)).toEqual(["ready", "ready", "ready", "ready"]);
    expect([world.puts.length, world.most()]).toEqual([8, 3]);
  });

  it("[U3, U6, U7] goes on after cuts, refused signatures, faults and lost answers, with what is missing", async () => {
    const world = uploadWorld();
    const { client, uploads, room } = world.live();
    const trouble = new Map<string, (Response | "cut" | "lost")[]>([
      ["1", ["cut", new Response(null, { status: 403 }), new Response(null, { status: 500 })]],
      ["2", [new Response(null, { status: 429, headers: { "retry-after": "7" } }), "lost"]],
    ]);
    world.meddle((part) => trouble.get(part.split("/")[1] ?? "")?.shift());
    await client.connect();
    const photo = uploads.add("general", pattern(TWO_PARTS));
    const sent = await room.send({ text: "", attachments: [photo.attachment] });
    await world.clock.advance(5_000);
    expect(phaseOf(photo)).toBe("uploading"); // it was told to wait for 7 s
    await world.clock.advance(60_000);
    expect(sent.status).toBe("sent");
    const counts = ["/1", "/2"].map((end) => world.puts.filter((part) => part.endsWith(end)).length);
    expect(counts).toEqual([4, 2]);
  });

  it("[U8, U14, D6] parks its message when the store is gone for good, and goes on when that is tried again", async () => {
    const world = uploadWorld();
    const { client, uploads, room } = world.live();
    world.meddle(() => new Response(null, { status: 503 }));
    await client.connect();
    const photo = uploads.add("general", pattern(1_000));
    const sent = await room.send({ text: "look", attachments: [photo.attachment] });
    const settled = sent.settled().catch((error: unknown) => error);
    await world.clock.advance(20 * 60_000);
    expect(await settled).toMatchObject({ code: "upload/failed" });
    expect(sent.status).toBe("failed");
    expect(photo.state.get()).toMatchObject({ phase: "refused", error: { code: "upload/failed" } });
    expect(await keysOf(world.storage, "upload-bytes")).toBe(1);
    await client.close();

    const again = world.live();
    await again.client.connect();
    await world.clock.advance(1_000);
    expect(again.client.outbox.get().entries).toMatchObject([
      { status: "failed", error: { code: "upload/failed" } },
    ]);
    world.meddle(() => undefined);
    again.client.outbox.retry(sent.id);
    await world.clock.advance(5_000);
    expect(said(world.backend)).toEqual(["look +1"]);
  });

  it("[U7] leaves the others their wait when one is added", async () => {
    const world = uploadWorld();
    const { client, uploads } = world.live();
    const busy = new Response(null, { status: 503, headers: { "retry-after": "60" } });
    world.meddle(() => (world.puts.length === 1 ? busy : undefined));
    await client.connect();
    const first = uploads.add("general", pattern(1_000));
    await world.clock.advance(1_000);
    const second = uploads.add("general", pattern(1_000));
    await world.clock.advance(1_000);
    expect([phaseOf(first), phaseOf(second), world.puts.length]).toEqual(["uploading", "ready", 2]);
    await world.clock.advance(60_000);
    expect(phaseOf(first)).toBe("ready");
  });

  it("[U7] waits no longer when the clock is set back meanwhile", async () => {
    const world = uploadWorld();
    let offMs = 0;
    const clock = { now: () => world.clock.now() + offMs, after: world.clock.after };
    const { client, uploads } = world.live({ clock });
    let isDown = true;
    world.meddle(() => (isDown ? new Response(null, { status: 503 }) : undefined));
    await client.connect();
    const photo = uploads.add("general", pattern(1_000));
    await world.clock.advance(3_000);
    isDown = false;
    offMs = -600_000;
    await world.clock.advance(60_000);
    expect(phaseOf(photo)).toBe("ready");
  });

  it("[U17, D6] puts again what the store took and never answered, so that its message goes out", async () => {
    const world = uploadWorld();
    const { client, uploads, room } = world.live();
    world.meddle(() => (world.puts.length === 1 ? new Promise<never>(() => {}) : undefined));
    await client.connect();
    const photo = uploads.add("general", pattern(1_000));
    await room.send({ text: "look", attachments: [photo.attachment] });
    await world.clock.advance(60_000);
    expect([phaseOf(photo), world.puts.length]).toEqual(["uploading", 1]);
    await world.clock.advance(10_000);
    expect([said(world.backend), world.puts.length]).toEqual([["look +1"], 2]);
  });

  it("[U9] pauses, and goes on where it was in another life", async () => {
    const world = uploadWorld();
    const { client, uploads, room } = world.live();
    let isSlow = true;
    world.meddle((part) => (isSlow && part.endsWith("/2") ? new Promise<never>(() => {}) : undefined));
    await client.connect();
    const photo = uploads.add("general", pattern(TWO_PARTS));
    await room.send({ text: "look", attachments: [photo.attachment] });
    await world.clock.advance(1_000);
    photo.pause();
    isSlow = false;
    await world.clock.advance(60_000);
    expect([phaseOf(photo), world.puts.length]).toEqual(["paused", 2]);
    await client.close();

    const again = world.live();
    await again.client.connect();
    await world.clock.advance(60_000);
    const [kept] = again.uploads.list.get();
    expect(kept?.state.get()).toMatchObject({ phase: "paused", sentBytes: 5 * 1_024 * 1_024 });
    kept?.resume();
    await world.clock.advance(1_000);
    expect(said(world.backend)).toEqual(["look +1"]);
    expect(world.puts.filter((part) => part.endsWith("/1")).length).toBe(1);
  });

  it("[U10, U14] leaves nothing behind when it, or its message, is called off", async () => {
    const world = uploadWorld();
    const { client, uploads, room } = world.live();
    world.meddle(() => new Promise<never>(() => {}));
    await client.connect();
    const thumbnail = pattern(500);
    const [one, two] = [
      uploads.add("general", pattern(TWO_PARTS), { thumbnail }),
      uploads.add("general", pattern(999)),
    ];
    const sent = await room.send({ text: "look", attachments: [two.attachment] });
    await world.clock.advance(1_000);
    one.cancel();
    expect(client.outbox.cancel(sent.id)).toBe(true);
    await world.clock.advance(1_000);
    expect([phases(uploads), room.timeline.get().items.length]).toEqual([[], 0]);
    for (const prefix of ["upload", "upload-bytes", "outbox"])
      expect(await keysOf(world.storage, prefix)).toBe(0);
    await expect(uploads.link("general", one.fileId)).rejects.toMatchObject({ code: "file/not-found" });
  });

  it("[U10, U14] called off alone, is shown by its message in no later life, though the backend has it and was not told", async () => {
    const world = uploadWorld();
    const transport = world.backend.transport("ada");
    const { client, uploads, room } = world.live({
      transport: {
        ...transport,
        async open(...request) {
          const link = await transport.open(...request);
          return {
            ...link,
            async query(query) {
              const answer = await link.query(query);
              return query.type === "file.complete" ? new Promise(() => {}) : answer;
            },
          };
        },
      },
    });
    await client.connect();
    const photo = uploads.add("general", pattern(1_000));
    const sent = await room.send({ text: "look", attachments: [photo.attachment] });
    const settled = sent.settled().catch((error: unknown) => error);
    await world.clock.advance(1_000);
    expect(phaseOf(photo)).toBe("completing");
    client.disconnect();
    photo.cancel();
    expect(await settled).toMatchObject({ code: "file/not-found" });
    await client.close();

    const again = world.live();
    await again.client.connect();
    await world.clock.advance(60_000);
    expect([said(world.backend), again.client.outbox.get().entries]).toMatchObject([
      [],
      [{ status: "failed", error: { code: "file/not-found" } }],
    ]);
  });

  it("sends thumbnail and poster along, and what is refused before it is taken in says what would put it right (row G3)", async () => {
    const world = uploadWorld();
    const { client, uploads, room } = world.live();
    await client.connect();
    await world.clock.settle();
    const video = uploads.add("general", pattern(5_000, "video/mp4"), {
      ...{ thumbnail: pattern(50), poster: pattern(60), durationMs: 1_200, placeholder: "AAAA" },
    });
    await room.send({ text: "", attachments: [video.attachment] });
    await world.clock.advance(2_000);
    const { content } = world.backend.messages("general")[0] ?? {};
    expect(content).toMatchObject({
      attachments: [{ ...video.attachment, kind: "video", durationMs: 1_200 }],
    });
    expect((await download(world, video.attachment.posterId ?? "")).length).toBe(60);

    expect(uploads.check(pattern(11_000_000))).toMatchObject([
      {
        code: "file/too-large",
        limit: 10_485_760,
        actual: 11_000_000,
        suggestion: "Send it smaller: at most 10 MB.",
      },
    ]);
    expect(() => uploads.add("general", pattern(5, "application/x-msdownload"))).toThrow(
      expect.objectContaining({ code: "file/type-refused" }),
    );
    expect(() => uploads.add("general", pattern(0))).toThrow(MessagingError);
  });

  it("says before it takes a file in that others may put files there, and fails where nobody knew (row G9)", async () => {
    const world = uploadWorld({ leastRole: "moderator" });
    const { client, uploads } = world.live();
    const early = uploads.add("general", pattern(5));
    await client.connect();
    await world.clock.advance(2_000);
    expect(early.state.get()).toMatchObject({ phase: "refused", error: { code: "file/denied" } });
    expect(uploads.check(pattern(5), "general")).toMatchObject([{ code: "file/denied" }]);
    expect(uploads.check(pattern(5))).toEqual([]);
    expect(() => uploads.add("general", pattern(5))).toThrow(
      expect.objectContaining({ code: "file/denied" }),
    );
    const made = await client.createConversation({ kind: "group", name: "of my own" });
    expect(uploads.check(pattern(5), made.id)).toEqual([]);
  });

  it("keeps no file where storage has no room for any, by nature", () => {
    const { live, storage } = uploadWorld();
    const { uploads } = live({ storage: { ...storage, supports: { durability: "relaxed", bytes: false } } });
    expect(() => uploads.add("general", pattern(5))).toThrow(
      expect.objectContaining({ code: "upload/unsupported" }),
    );
  });

  it("says how fast it goes and how long it will take (row G6)", async () => {
    const world = uploadWorld();
    const waits = new Map<string, () => void>();
    const { client, uploads } = world.live({
      fetch: async (url, init) => {
        await new Promise<void>((go) => waits.set(url.slice(-1), go));
        return world.fetch(url, init);
      },
    });
    await client.connect();
    const photo = uploads.add("general", pattern(TWO_PARTS));
    await world.clock.advance(1_000);
    expect(photo.state.get()).toMatchObject({ sentBytes: 0, bytesPerSecond: 0, msLeft: undefined });
    await world.clock.advance(1_000);
    waits.get("1")?.();
    await world.clock.settle();
    const { bytesPerSecond, msLeft } = photo.state.get();
    expect(bytesPerSecond).toBeGreaterThan(2_000_000);
    expect(msLeft).toBe(Math.round((100_000 / bytesPerSecond) * 1_000));
  });
});

describe("two tabs", () => {
  it("[U11] never put the same part at once: one works on a file, and the other takes over when it is gone", async () => {
    const world = uploadWorld();
    const holders = new Map<string, (() => void)[]>();
    const locks: UploadLocks = {
      hold: (name) =>
        new Promise((resolve) => {
          const waiting = holders.get(name) ?? [];
          holders.set(name, waiting);
          const release = (): void => {
            waiting.shift();
            waiting[0]?.();
          };
          waiting.push(() => resolve(release));
          if (waiting.length === 1) waiting[0]?.();
        }),
    };
    world.meddle((part) => (part.endsWith("/2") ? new Promise<never>(() => {}) : undefined));
    const first = world.live({ locks });
    await first.client.connect();
    const photo = first.uploads.add("general", pattern(TWO_PARTS));
    await photo.stored;
    const second = world.live({ locks });
    await second.client.connect();
    await world.clock.advance(5_000);
    expect(world.puts.length).toBe(2);
    expect(second.uploads.list.get()).toEqual([]);
    world.meddle(() => undefined);
    await first.client.close();
    await world.clock.advance(5_000);
    expect(phases(second.uploads)).toEqual(["ready"]);
    expect(
      world.puts
        .map((part) => part.split("/")[1])
        .toSorted((one = "", other = "") => one.localeCompare(other)),
    ).toEqual(["1", "2", "2"]);
  });
});

describe("a process that is killed", () => {
  const never = <T>(): Promise<T> => new Promise(() => {});

  /** Lives until its last step, then again without an end. Answers how many steps there were. */
  async function live(lastStep: number): Promise<number> {
    const world = uploadWorld();
    let steps = 0;
    const step = async <T>(work: () => Promise<T>): Promise<T> => {
      if ((steps += 1) >= lastStep) return never();
      const result = await work();
      return (steps += 1) >= lastStep ? never() : result;
    };
    const { storage } = world;
    const transport = world.backend.transport("ada");
    const first = world.live({
      storage: { ...storage, write: (operations) => step(() => storage.write(operations)) },
      fetch: (url, init) => step(() => world.fetch(url, init)),
      transport: {
        ...transport,
        async open(request, signal) {
          const receive: typeof request.receive = (events) => steps < lastStep && request.receive(events);
          const link = await transport.open({ ...request, receive }, signal);
          return {
            ...link,
            submit: (command) => step(() => link.submit(command)),
            query: (query) => step(() => link.query(query)),
          };
        },
      },
    });
    void first.client.connect();
    await world.clock.settle();
    const file = pattern(TWO_PARTS);
    const photo: Upload = first.uploads.add("general", file);
    let isSafe = false;
    first.room.send({ text: "look", attachments: [photo.attachment] }).then(
      () => (isSafe = true),
      () => {},
    );
    await world.clock.advance(3_000);

    const again = world.live();
    await again.client.connect();
    await world.clock.advance(60_000);
    const where = `after step ${lastStep}`;
    expect([where, again.client.outbox.get()]).toMatchObject([where, { waiting: 0, failed: 0 }]);
    const all = said(world.backend);
    expect([where, all]).toEqual([where, isSafe || all.length > 0 ? ["look +1"] : []]);
    await again.client.close();
    if (all.length === 0) return steps;
    expect([where, isSame(await download(world, photo.fileId), await file.arrayBuffer())]).toEqual([
      where,
      true,
    ]);
    const last = world.live();
    await last.client.connect();
    await world.clock.advance(1_000);
    expect([where, await keysOf(storage, "upload-bytes")]).toEqual([where, 0]);
    expect([where, await keysOf(storage, "upload")]).toEqual([where, 0]);
    return steps;
  }

  it("[U1, U4] at any step sends one message with the whole file, and puts nothing it knows to be there", async () => {
    const steps = await live(Infinity);
    expect(steps).toBeGreaterThan(40);
    for (let lastStep = 1; lastStep <= steps; lastStep += 1) await live(lastStep);
  }, 60_000);
});
