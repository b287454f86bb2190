import { describe, expect, it } from "vitest";
import {
  type Life,
  pattern,
  phases,
  said,
  TWO_PARTS,
  uploadWorld,
  type UploadWorld,
} from "../../test/uploads/upload-world.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Storage } from "../ports/storage.ts";
import { virtualClock } from "../testing/virtual-clock.ts";
import { createFileLinks } from "./links.ts";

/** One device: each time it connects, as whoever is signed in then. */
interface Device extends Life {
  become(userId: string): Promise<void>;
}

async function device(world: UploadWorld, storage: Storage): Promise<Device> {
  let userId = "ada";
  const transport = {
    ...world.backend.transport("ada"),
    open: (...request: Parameters<ReturnType<typeof world.backend.transport>["open"]>) =>
      world.backend.transport(userId).open(...request),
  };
  const life = world.live({ transport, storage });
  await life.client.connect();
  await world.clock.settle();
  return {
    ...life,
    async become(next) {
      userId = next;
      life.client.disconnect();
      await life.client.connect();
      await world.clock.settle();
    },
  };
}

/** Storage whose write number `held` of bytes, counted from 1, waits until it is let go. */
function heldAt(storage: Storage, held: number): { readonly storage: Storage; letGo(): void } {
  let letGo = (): void => {};
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  let writes = 0;
  const write: Storage["write"] = async (operations) => {
    if (operations.some(({ key }) => key[0] === "upload-bytes") && (writes += 1) === held) await gate;
    await storage.write(operations);
  };
  return { storage: { ...storage, write }, letGo: () => letGo() };
}

const ownersOf = async (storage: Storage): Promise<unknown[]> => {
  const kept = [
    ...(await storage.scan({ prefix: ["upload"] })),
    ...(await storage.scan({ prefix: ["upload-bytes"] })),
    ...(await storage.scan({ prefix: ["outbox"] })),
  ];
  return [...new Set(kept.map(([key]) => key[1]))];
};

describe("the next person on a device", () => {
  it("[D8, U1] gets nothing of a file that is still being stored: it waits for whoever added it", async () => {
    const world = uploadWorld();
    const { storage, letGo } = heldAt(world.storage, 3);
    const { become, client, uploads, room } = await device(world, storage);
    const photo = uploads.add("general", pattern(TWO_PARTS));
    const sending = room.send({ text: "look", attachments: [photo.attachment] });
    await world.settle();
    await become("ben");
    letGo();
    await photo.stored;
    expect((await sending).status).toBe("queued");
    await world.clock.advance(5_000);
    expect(client.userId.get()).toBe("ben");
    expect(await ownersOf(world.storage)).toEqual(["ada"]);
    expect([phases(uploads), world.puts, said(world.backend)]).toEqual([[], [], []]);
    await client.close();

    const bens = world.live({ userId: "ben", transport: world.backend.transport("ben") });
    await bens.client.connect();
    await world.clock.advance(5_000);
    expect([phases(bens.uploads), world.puts]).toEqual([[], []]);
    await bens.client.close();

    const adas = world.live();
    await adas.client.connect();
    await world.clock.advance(5_000);
    expect(said(world.backend)).toEqual(["look +1"]);
    expect(await ownersOf(world.storage)).toEqual([]);
  });

  it("[D8, U1] who comes back while it is still being stored finds it whole", async () => {
    const world = uploadWorld();
    const { storage, letGo } = heldAt(world.storage, 3);
    const { become, uploads } = await device(world, storage);
    const photo = uploads.add("general", pattern(TWO_PARTS));
    await world.settle();
    await become("ben");
    await become("ada");
    letGo();
    await photo.stored;
    await world.clock.advance(5_000);
    expect(phases(uploads)).toEqual(["ready"]);
  });

  it("[D8] is not given the bytes of the last one's files", async () => {
    const world = uploadWorld();
    const { become, uploads } = await device(world, world.storage);
    const photo = uploads.add("general", pattern(1_000));
    await world.clock.advance(1_000);
    expect((await uploads.bytes(photo.fileId))?.size).toBe(1_000);
    await become("ben");
    expect(await uploads.bytes(photo.fileId)).toBeUndefined();
  });

  it("[D8] asks for addresses of their own, also where the last one's answer is on its way", async () => {
    let userId = "ada";
    let answer = (): void => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    const link = createFileLinks(
      async () => {
        const asker = userId;
        if (asker === "ben") throw new MessagingError("file/not-found");
        await held;
        return { url: `for ${asker}`, expiresAt: 900_000 };
      },
      ...([virtualClock(), () => 0, () => userId] as const),
    );
    const adas = link("general", "photo");
    userId = "ben";
    await expect(link("general", "photo")).rejects.toMatchObject({ code: "file/not-found" });
    answer();
    expect(await adas).toMatchObject({ url: "for ada" });
    await expect(link("general", "photo")).rejects.toMatchObject({ code: "file/not-found" });
  });
});

describe("the address of a file", () => {
  it("[D8] is one conversation's: what is refused in another at the same time is refused there alone", async () => {
    const link = createFileLinks(
      async ({ conversationId }) => {
        if (conversationId === "other") throw new MessagingError("file/not-found");
        return { url: "an address", expiresAt: 900_000 };
      },
      ...([virtualClock(), () => 0, () => "ada"] as const),
    );
    const refused = link("other", "photo");
    expect(await link("general", "photo")).toMatchObject({ url: "an address" });
    await expect(refused).rejects.toMatchObject({ code: "file/not-found" });
    await expect(link("other", "photo")).rejects.toMatchObject({ code: "file/not-found" });
  });
});

describe("before anybody is known on a device", () => {
  it("[D6] refuses a file that would be nobody's, and takes it once somebody is", async () => {
    const world = uploadWorld();
    const { client, uploads, room } = world.live({ isKnown: false });
    expect(() => uploads.add("general", pattern(1_000))).toThrow(
      expect.objectContaining({ code: "auth/required" }),
    );
    await world.clock.advance(1_000);
    expect(await ownersOf(world.storage)).toEqual([]);
    await client.connect();
    const photo = uploads.add("general", pattern(1_000));
    await room.send({ text: "look", attachments: [photo.attachment] });
    await world.clock.advance(1_000);
    expect(said(world.backend)).toEqual(["look +1"]);
  });
});
