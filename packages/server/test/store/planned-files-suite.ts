import { claimed } from "@tidings/core/domain";
import { type Attachment, notebookOf, type NoteSubject, type NoteValue } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import type { FileRecord, FileTable } from "../../src/store/files.ts";
import type { Store } from "../../src/store/store.ts";
import { type Draft, newId } from "../support/raw-client.ts";
import { ready, showing, shown } from "./files-suite.ts";
import type { Workbench } from "./workbench.ts";

const DAY_MS = 86_400_000;
const system = { system: true };

const plan = (messageId = newId()): NoteSubject => ({ kind: "scheduled", conversationId: "a", messageId });

const showingLater = (...attachments: readonly Attachment[]): NoteValue => ({
  ...{ dueAt: 30, message: { kind: "text", content: { text: "later", attachments } } },
});

function put(subject: NoteSubject, value?: NoteValue, userId = "ada"): Draft {
  const conversationId = notebookOf(userId);
  return value
    ? { type: "note.set", conversationId, subject, value }
    : { type: "note.clear", conversationId, subject };
}

/** What a store promises of files that belong to a message which is not sent yet. */
export function plannedFilesSuite(bench: () => Workbench, reopen: (store: Store) => Promise<Store>): void {
  const table = (): FileTable => {
    const { files } = bench().store;
    if (!files) throw new Error("the store keeps no files");
    return files;
  };
  const goneBy = async (at: number): Promise<readonly string[]> =>
    (await table().due(at)).map(({ fileId }) => fileId);
  const planned = async (...files: readonly FileRecord[]): Promise<NoteSubject> => {
    const subject = plan();
    await bench().accepted("ada", put(subject, showingLater(...files.map((file) => shown(file)))));
    return subject;
  };
  /** As it stands in the notebook. */
  const valueOf = async ({ messageId }: NoteSubject): Promise<NoteValue> => {
    const conversationId = notebookOf("ada");
    const { items } = await bench().query("ada", { type: "notes", conversationId, limit: 100 });
    const found = items.find(({ subject }) => subject.messageId === messageId)?.value;
    if (!found) throw new Error("it is not planned");
    return found;
  };

  describe("planned files", () => {
    it("[D8] are planned as they were found, and seen by nobody but who plans them (row I1)", async () => {
      await bench().group("a", "ada", "bob");
      const [one, preview] = [await ready(table(), { size: 77 }), await ready(table())];
      const [open, bad, bobs, elsewhere] = [
        await ready(table(), { state: "open", createdAt: 9 * DAY_MS }),
        await ready(table(), { state: "refused", fault: "file/infected", createdAt: 9 * DAY_MS }),
        await ready(table(), { ownerId: "bob" }),
        await ready(table(), { conversationId: "b", createdAt: 9 * DAY_MS }),
      ];
      for (const [file, code] of [
        [open, "file/not-ready"],
        [bad, "file/infected"],
        [bobs, "file/not-found"],
        [elsewhere, "file/not-found"],
      ] as const)
        expect([code, (await bench().refused("ada", put(plan(), showingLater(shown(file))))).code]).toEqual([
          code,
          code,
        ]);
      const subject = plan();
      const thumbnailId = preview.fileId;
      await bench().accepted("ada", put(subject, showingLater(shown(one, { thumbnailId }))));
      expect((await valueOf(subject)).message?.content).toEqual({
        ...{ text: "later", attachments: [shown(one, { thumbnailId, type: "image/png", size: 77 })] },
      });
      expect(await table().isShown(one.fileId, "a")).toBe(false);
      expect(await table().isShown(one.fileId, notebookOf("ada"))).toBe(true);
      expect(await table().isShown(thumbnailId, notebookOf("ada"))).toBe(true);
      expect((await bench().refused("bob", showing("a", shown(one)))).code).toBe("file/not-found");
      expect((await bench().refused("bob", put(plan(), showingLater(shown(one)), "bob"))).code).toBe(
        "file/not-found",
      );
      // Not even whoever plans the very same frees them.
      await bench().accepted("bob", put(subject, showingLater(shown(bobs)), "bob"));
      await bench().accepted("bob", put(subject, undefined, "bob"));
      expect(await table().isShown(one.fileId, notebookOf("ada"))).toBe(true);
    });

    it("stay as long as they are planned, over a restart, and are gone a while after that (row I1)", async () => {
      await bench().group("a", "ada");
      const [moved, changed, cancelled] = [await ready(table()), await ready(table()), await ready(table())];
      const [movedPlan, changedPlan, cancelledPlan] = [
        await planned(moved),
        await planned(changed),
        await planned(cancelled),
      ];
      bench().store = await reopen(bench().store);
      expect(await goneBy(9 * DAY_MS)).toEqual([]);
      expect(await table().abandon(moved.fileId)).toBe(false);
      await bench().accepted("ada", put(movedPlan, { ...(await valueOf(movedPlan)), dueAt: 31 }));
      await bench().accepted("ada", put(changedPlan, showingLater()));
      await bench().accepted("ada", put(cancelledPlan));
      const gone = [changed, cancelled].map(({ fileId }) => fileId);
      expect([...(await goneBy(0))].sort()).toEqual([...gone].sort());
      expect(await table().find(moved.fileId)).toEqual(moved);
      expect((await bench().refused("ada", put(cancelledPlan, showingLater(shown(cancelled))))).code).toBe(
        "file/not-found",
      );
    });

    it("go over to the message when it is sent, and stay with a plan that was refused (row I1)", async () => {
      await bench().group("a", "ada", "bob");
      const [sent, refused] = [await ready(table()), await ready(table())];
      const [sentPlan, refusedPlan] = [await planned(sent), await planned(refused)];
      for (const subject of [sentPlan, refusedPlan])
        await bench().accepted("ada", put(subject, claimed(await valueOf(subject), 40)), system);
      const { message } = await valueOf(sentPlan);
      if (!message) throw new Error("nothing is planned");
      const commandId = sentPlan.messageId ?? "";
      const send = { ...{ type: "message.send", conversationId: "a" }, ...message, commandId } as Draft;
      await bench().accepted("ada", send);
      await bench().accepted("ada", put(sentPlan), system);
      const value = { ...(await valueOf(refusedPlan)), code: "permission/muted" };
      await bench().accepted("ada", put(refusedPlan, value), system);
      expect(await goneBy(9 * DAY_MS)).toEqual([]);
      expect(await table().isShown(sent.fileId, "a")).toBe(true);
      expect(await table().isShown(sent.fileId, notebookOf("ada"))).toBe(false);
      expect(await table().isShown(refused.fileId, notebookOf("ada"))).toBe(true);
      await bench().accepted("ada", put(refusedPlan));
      expect(await goneBy(9 * DAY_MS)).toEqual([refused.fileId]);
    });

    it("of others are held by whoever can read them, and by nobody once that person is erased (row D25)", async () => {
      await bench().group("a", "ada", "bob");
      const bobs = await ready(table(), { ownerId: "bob" });
      const { commandId: messageId } = await bench().accepted("bob", showing("a", shown(bobs)));
      await planned(bobs);
      await bench().accepted("bob", { type: "message.delete", conversationId: "a", messageId });
      expect(await goneBy(9 * DAY_MS)).toEqual([]);
      await bench().store.upkeep?.forget("ada", 2 * DAY_MS);
      expect(await goneBy(0)).toEqual([bobs.fileId]);
    });
  });
}
