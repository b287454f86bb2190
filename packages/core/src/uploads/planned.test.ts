import { describe, expect, it } from "vitest";
import {
  pattern,
  phaseOf,
  said,
  TWO_PARTS,
  uploadWorld,
  type UploadWorld,
} from "../../test/uploads/upload-world.ts";
import { notesOf } from "../bindings/notes-of.ts";
import { openPlans } from "../bindings/plans.ts";
import { defaultPolicy } from "../protocol/policy.ts";

const HOUR_MS = 3_600_000;

const keysOf = async ({ storage }: UploadWorld): Promise<number> => {
  const kinds = ["upload", "upload-bytes"].map((prefix) => storage.scan({ prefix: [prefix] }));
  return (await Promise.all(kinds)).flat().length;
};

/** One life, with its plans. */
function live(world: UploadWorld) {
  const life = world.live();
  return { ...life, plans: openPlans(life.client) };
}

describe("a planned message with files", () => {
  it("[U12, U15, D1] is planned offline, waits for its upload over a restart, and is said once with its file (rows G8, I1)", async () => {
    const world = uploadWorld();
    const first = live(world);
    const photo = first.uploads.add("general", pattern(TWO_PARTS));
    const dueAt = world.clock.now() + HOUR_MS;
    await first.plans.schedule("general", { text: "look", attachments: [photo.attachment] }, dueAt);
    const [plan] = first.plans.scheduled.get();
    expect(plan).toMatchObject({ status: "waiting", message: { content: { text: "look" } } });
    expect([photo.messageId, phaseOf(photo)]).toEqual([plan?.id, "waiting"]);
    await first.client.close();

    const again = live(world);
    await world.clock.advance(5_000);
    expect(again.plans.scheduled.get()).toMatchObject([{ id: plan?.id, status: "waiting" }]);
    expect((await again.uploads.bytes(photo.fileId))?.size).toBe(TWO_PARTS);
    let isSlow = true;
    world.meddle((part) => (isSlow && part.endsWith("/2") ? "cut" : undefined));
    await again.client.connect();
    await world.clock.advance(500);
    expect(again.client.outbox.get()).toMatchObject({ waiting: 1, failed: 0 });
    expect(again.uploads.list.get()[0]).toMatchObject({ messageId: plan?.id });
    isSlow = false;
    await world.clock.advance(120_000);
    expect(again.client.outbox.get().entries).toEqual([]);
    expect([again.uploads.list.get(), await keysOf(world)]).toEqual([[], 0]);
    const { url } = await again.uploads.link("general", photo.fileId);
    expect((await (await fetch(url)).arrayBuffer()).byteLength).toBe(TWO_PARTS);
    expect(said(world.backend)).toEqual([]);
    await again.client.close();
    await world.clock.advance(HOUR_MS);
    expect(said(world.backend)).toEqual(["look +1"]);
    expect(world.backend.messages("general")).toMatchObject([{ id: plan?.id }]);
  });

  it("[U15, D7] that is planned anew, or called off, while it waits for its file stays so, and the file goes with it", async () => {
    const world = uploadWorld();
    const { client, uploads, plans } = live(world);
    let isOver = false;
    world.meddle(() => (isOver ? undefined : "cut"));
    await client.connect();
    await world.clock.advance(1_000);
    const dueAt = world.clock.now() + HOUR_MS;
    const plan = async (text: string) => {
      const photo = uploads.add("general", pattern(1_000));
      await plans.schedule("general", { text, attachments: [photo.attachment] }, dueAt);
      const id = photo.messageId ?? "";
      expect(plans.scheduled.get().map((each) => each.id)).toContain(id);
      return { id, photo };
    };
    const [off, words, kept] = [await plan("off"), await plan("words"), await plan("kept")];
    await plans.cancel(off.id);
    await plans.reschedule(words.id, dueAt + 1, "only words");
    await plans.reschedule(kept.id, dueAt + 2);
    await world.clock.advance(1_000);
    expect(uploads.list.get().map(({ fileId }) => fileId)).toEqual([kept.photo.fileId]);
    isOver = true;
    await world.clock.advance(120_000);
    expect(client.outbox.get().entries).toEqual([]);
    expect(await keysOf(world)).toBe(0);
    expect(plans.scheduled.get()).toMatchObject([
      { id: words.id, dueAt: dueAt + 1 },
      { id: kept.id, dueAt: dueAt + 2 },
    ]);
    await world.clock.advance(HOUR_MS);
    expect(said(world.backend)).toEqual(["only words", "kept +1"]);
  });

  it("[U15, D7] is called off behind what may have been taken already, and not before", async () => {
    const world = uploadWorld();
    const { client, uploads, plans } = live(world);
    await client.connect();
    await world.clock.settle();
    world.meddle(() => "cut");
    const photo = uploads.add("general", pattern(1_000));
    const dueAt = world.clock.now() + HOUR_MS;
    const message = { kind: "text", content: { text: "look", attachments: [photo.attachment] } } as const;
    await plans.schedule("general", message.content, dueAt);
    const [plan] = plans.scheduled.get();
    const subject = { kind: "scheduled", conversationId: "general", messageId: plan?.id ?? "" } as const;
    await notesOf(client).put(subject); // as an app does that calls nothing off
    await world.clock.advance(5_000);
    expect(client.outbox.get()).toMatchObject({ waiting: 2, failed: 0 });
    world.meddle(() => undefined);
    await world.clock.advance(120_000);
    expect([client.outbox.get().entries, plans.scheduled.get()]).toEqual([[], []]);
  });

  it("[U14, U15, D6] stays in sight with the reason if its file is refused, and is planned anew with it, or called off", async () => {
    const world = uploadWorld();
    const first = live(world);
    world.meddle(() => new Response(null, { status: 503 }));
    await first.client.connect();
    const photo = first.uploads.add("general", pattern(1_000));
    const dueAt = world.clock.now() + 20 * HOUR_MS;
    const sent = await first.plans.schedule(
      "general",
      { text: "look", attachments: [photo.attachment] },
      dueAt,
    );
    await world.clock.advance(20 * 60_000);
    expect(sent.status).toBe("failed");
    const refused = { status: "refused", code: "upload/failed", dueAt };
    expect(first.plans.scheduled.get()).toMatchObject([refused]);
    expect(first.plans.scheduled.get()[0]).toBe(first.plans.scheduled.get()[0]);
    await first.client.close();

    const { client, plans, uploads } = live(world);
    await client.connect();
    await world.clock.advance(1_000);
    const [plan] = plans.scheduled.get();
    expect(plan).toMatchObject(refused);
    world.meddle(() => undefined);
    await plans.reschedule(plan?.id ?? "", dueAt + 5);
    await world.clock.advance(5_000);
    expect(plans.scheduled.get()).toMatchObject([{ id: plan?.id, status: "waiting", dueAt: dueAt + 5 }]);
    expect(client.outbox.get().entries).toEqual([]);

    world.meddle(() => new Response(null, { status: 503 }));
    const other = uploads.add("general", pattern(1_000));
    await plans.schedule("general", { text: "not so", attachments: [other.attachment] }, dueAt);
    await world.clock.advance(20 * 60_000);
    expect(plans.scheduled.get()).toMatchObject([{ code: "upload/failed" }, { status: "waiting" }]);
    await plans.cancel(plans.scheduled.get()[0]?.id ?? "");
    await world.clock.advance(1_000);
    expect(client.outbox.get().entries).toEqual([]);
    expect(await keysOf(world)).toBe(0);
    await world.clock.advance(20 * HOUR_MS);
    expect(said(world.backend)).toEqual(["look +1"]);
  });

  it("[D6] is refused at once by a backend that keeps no files", async () => {
    const world = uploadWorld();
    const { files: _none, ...limits } = defaultPolicy.limits;
    const { client, uploads, plans } = live(world);
    const photo = uploads.add("general", pattern(10));
    world.backend.setPolicy({ ...defaultPolicy, limits });
    await client.connect();
    await world.clock.settle();
    const draft = { text: "", attachments: [photo.attachment] };
    await expect(plans.schedule("general", draft, world.clock.now() + 5)).rejects.toMatchObject({
      code: "command/unsupported",
    });
  });
});
