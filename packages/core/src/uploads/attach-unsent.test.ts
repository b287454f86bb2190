import { expect, it } from "vitest";
import {
  pattern,
  phaseOf,
  said,
  TWO_PARTS,
  uploadWorld,
  type UploadWorld,
} from "../../test/uploads/upload-world.ts";
import { createComposer } from "../bindings/composer.ts";
import { attachUnsent } from "./attach-unsent.ts";
import type { Upload } from "./types.ts";

/** A life of the app, with the composer of its conversation on the screen. */
function composing({ live, clock }: UploadWorld) {
  const { client, uploads, room } = live();
  const open = (conversationId = "general") => {
    const composer = createComposer<Upload>(client.conversation(conversationId), {
      clock,
      draftOf: ({ text, attachments }) => ({ text, attachments: attachments.map((each) => each.attachment) }),
    });
    return { composer, stop: attachUnsent(uploads, conversationId, composer) };
  };
  return { client, uploads, room, open, ...open() };
}

const names = ({ get }: { get(): { readonly attachments: readonly Upload[] } }): readonly string[] =>
  get().attachments.map(({ attachment }) => attachment.name);

it("[U16] puts back after a reload what was attached and not sent, and it goes with the draft (row G8)", async () => {
  const world = uploadWorld();
  const first = composing(world);
  await first.client.connect();
  first.composer.write("look");
  first.composer.attach(first.uploads.add("general", pattern(TWO_PARTS), { name: "photo.png" }));
  const other = first.uploads.add("general", pattern(9), { name: "sent.png" });
  await first.room.send({ text: "before", attachments: [other.attachment] });
  await first.uploads.list.get()[0]?.stored;
  await world.clock.advance(1_000);
  expect(names(first.composer)).toEqual(["photo.png"]);
  await first.client.close();

  const next = composing(world);
  await next.client.connect();
  await world.clock.advance(1_000);
  expect([next.composer.get().text, ...names(next.composer)]).toEqual(["look", "photo.png"]);
  expect(next.composer.get().attachments.map(phaseOf)).toEqual(["ready"]);
  await next.composer.send();
  await world.clock.advance(1_000);
  expect(said(world.backend)).toEqual(["before +1", "look +1"]);
  expect([names(next.composer), next.uploads.list.get()]).toEqual([[], []]);
  await next.client.close();
});

it("[U16] puts back what another composer of the conversation had, and nothing that is not for it", async () => {
  const world = uploadWorld();
  const { client, uploads, room, open, composer, stop } = composing(world);
  await client.connect();
  composer.attach(uploads.add("general", pattern(9), { name: "mine.png" }));
  stop();
  const again = open();
  const elsewhere = open("another");
  expect([names(again.composer), names(elsewhere.composer)]).toEqual([["mine.png"], []]);
  // A voice message, as it were, which goes past the composer.
  const voice = uploads.add("general", pattern(9), { name: "voice.png" });
  expect(names(again.composer)).toEqual(["mine.png"]);
  await room.send({ text: "heard", attachments: [voice.attachment] });
  expect(uploads.list.get()).toContain(voice);
  expect(names(open().composer)).toEqual(["mine.png"]);
  await client.close();
});
