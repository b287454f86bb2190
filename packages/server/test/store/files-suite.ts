import type { Attachment } from "@tidings/core/protocol";
import { describe, expect, it } from "vitest";
import { FILES_AT_ONCE, type FileQuota, type FileRecord, type FileTable } from "../../src/store/files.ts";
import type { Kept, KeptPage } from "../../src/store/kept.ts";
import { type Draft, newId } from "../support/raw-client.ts";
import type { Workbench } from "./workbench.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
export const quota: FileQuota = { perHour: 3, previews: 2, bytes: 1_000 };

const file = (more: Partial<FileRecord> = {}): FileRecord => ({
  ...{ fileId: newId(), conversationId: "a", ownerId: "ada", name: "a.png", mediaType: "image/png" },
  ...{ size: 10, createdAt: DAY_MS, state: "open" },
  ...more,
});

export const shown = ({ fileId }: FileRecord, more: Partial<Attachment> = {}): Attachment => ({
  ...{ fileId, kind: "image", name: "a.png", type: "image/gif", size: 1 },
  ...more,
});

export const showing = (conversationId: string, ...attachments: readonly Attachment[]): Draft => ({
  ...{ type: "message.send", conversationId, kind: "text" },
  content: { text: "", attachments },
});

/** One that may be shown. */
export async function ready(table: FileTable, more: Partial<FileRecord> = {}): Promise<FileRecord> {
  const opened = await table.open(file({ state: "ready", ...more }), quota);
  if (!opened.ok) throw new Error(opened.message);
  return opened.file;
}

/** What a store promises of files. */
export function filesSuite(bench: () => Workbench): void {
  const table = (): FileTable => {
    const { files } = bench().store;
    if (!files) throw new Error("the store keeps no files");
    return files;
  };
  const codeOf = (answer: { readonly ok: true } | { readonly code: string }): string =>
    "code" in answer ? answer.code : "ok";
  const goneBy = async (at: number): Promise<readonly string[]> =>
    (await table().due(at)).map(({ fileId }) => fileId);

  describe("files", () => {
    it("are opened once, by one person, and as often as they may (rows D12, G9)", async () => {
      const first = file();
      expect(await table().open(first, quota)).toEqual({ ok: true, file: first });
      expect(await table().open({ ...first, createdAt: 2 * DAY_MS }, quota)).toEqual({
        ok: true,
        file: first,
      });
      for (const other of [{ ownerId: "bob" }, { conversationId: "b" }, { size: 11 }])
        expect(codeOf(await table().open({ ...first, ...other }, quota))).toBe("command/id-taken");
      await table().open(file({ createdAt: DAY_MS + 1_000 }), quota);
      await table().open(file(), quota);
      expect(await table().open(file({ createdAt: DAY_MS + 5_000 }), quota)).toMatchObject({
        ...{ ok: false, code: "file/quota", retryAfterMs: HOUR_MS - 5_000 },
      });
      expect(codeOf(await table().open(first, quota))).toBe("ok");
      expect(codeOf(await table().open(file({ ownerId: "bob" }), quota))).toBe("ok");
      expect(codeOf(await table().open(file({ createdAt: DAY_MS + HOUR_MS }), quota))).toBe("ok");
      const much = file({ ownerId: "bob", size: 991 });
      expect(await table().open(much, quota)).toMatchObject({ code: "file/quota", retryable: false });
    });

    it("may have a few previews, which count with them", async () => {
      const first = await ready(table());
      const preview = { previewOf: first.fileId } as const;
      const much = file({ ...preview, size: 991 });
      expect(await table().open(much, quota)).toMatchObject({ code: "file/quota", retryable: false });
      for (const code of ["ok", "ok", "file/quota"])
        expect(codeOf(await table().open(file(preview), quota))).toBe(code);
      for (const other of [{ ownerId: "bob" }, { conversationId: "b" }, { previewOf: newId() }])
        expect(codeOf(await table().open(file({ ...preview, ...other }), quota))).toBe("file/not-found");
      await ready(table());
      await ready(table());
      expect(codeOf(await table().open(file(), quota))).toBe("file/quota");
    });

    it("are no previews of previews, which would count nowhere", async () => {
      const first = await ready(table());
      const preview = await ready(table(), { previewOf: first.fileId });
      const next = file({ previewOf: preview.fileId });
      expect(codeOf(await table().open(next, quota))).toBe("file/not-found");
      expect(await table().find(next.fileId)).toBe(undefined);
    });

    it("change from one state to another, once", async () => {
      const first = file();
      await table().open(first, quota);
      const change = { state: "scanning", mediaType: "image/webp", scannedAt: 5 } as const;
      const scanning = { ...first, ...change };
      expect(await table().change(first.fileId, "open", change)).toEqual(scanning);
      expect(await table().change(first.fileId, "open", change)).toBe(undefined);
      expect(await table().find(first.fileId)).toEqual(scanning);
      expect(await table().unscanned(6)).toEqual([scanning]);
      expect(await table().unscanned(5)).toEqual([]);
      await table().change(first.fileId, "scanning", { state: "refused", fault: "file/infected" });
      expect(await table().unscanned(6)).toEqual([]);
      expect(await table().find(newId())).toBe(undefined);
    });

    it("that nobody has done with come again, those that wait longest first, however many others there are", async () => {
      const scanning = async (scannedAt: number | undefined): Promise<string> => {
        const opened = await table().open(
          file({ state: "scanning", ...(scannedAt !== undefined && { scannedAt }) }),
          { ...quota, perHour: 1_000, bytes: 100_000 },
        );
        if (!opened.ok) throw new Error(opened.message);
        return opened.file.fileId;
      };
      for (let count = 0; count < FILES_AT_ONCE; count += 1) await scanning(50);
      const [late, early, never] = [await scanning(9), await scanning(7), await scanning(undefined)];
      const idsBefore = async (at: number): Promise<readonly string[]> =>
        (await table().unscanned(at)).map(({ fileId }) => fileId);
      expect(await idsBefore(10)).toEqual([never, early, late]);
      const all = await idsBefore(51);
      expect(all).toHaveLength(FILES_AT_ONCE);
      expect(all.slice(0, 3)).toEqual([never, early, late]);
    });

    it("are shown by messages as they were found, when they are ready and their owner's", async () => {
      await bench().group("a", "ada", "bob");
      await bench().group("b", "ada", "eve");
      const [good, open, bad, elsewhere, unknown] = [
        await ready(table(), { size: 77 }),
        await ready(table(), { state: "open", ownerId: "bob" }),
        await ready(table(), { state: "refused", fault: "file/infected" }),
        await ready(table(), { conversationId: "b" }),
        file(),
      ];
      for (const [userId, one, code] of [
        ["bob", open, "file/not-ready"],
        ["ada", bad, "file/infected"],
        ["ada", elsewhere, "file/not-found"],
        ["bob", good, "file/not-found"],
        ["ada", unknown, "file/not-found"],
      ] as const)
        expect([code, (await bench().refused(userId, showing("a", shown(one)))).code]).toEqual([code, code]);
      const outcomes = await bench().commit(
        bench().submission("ada", showing("a", shown(good))),
        bench().submission("ada", showing("b", shown(good))),
        bench().submission("ada", showing("a", shown(unknown))),
      );
      expect(outcomes.map(codeOf)).toEqual(["ok", "ok", "file/not-found"]);
      const { messages } = await bench().query("eve", { type: "history", conversationId: "b", limit: 1 });
      expect(messages[0]?.content).toEqual({
        text: "",
        attachments: [shown(good, { type: "image/png", size: 77 })],
      });
      expect(await table().isShown(good.fileId, "b")).toBe(true);
      expect(await table().isShown(elsewhere.fileId, "b")).toBe(false);
      expect(await table().isShown(good.fileId, "c")).toBe(false);
    });

    it("[D8] may be forwarded by whoever can read them, and by nobody else", async () => {
      await bench().group("a", "ada", "bob", "cyd");
      await bench().group("b", "bob", "cyd", "eve");
      const one = await ready(table());
      const forward = showing("b", shown(one));
      expect((await bench().refused("bob", forward)).code).toBe("file/not-found");
      await bench().accepted("ada", showing("a", shown(one)));
      expect((await bench().refused("eve", forward)).code).toBe("file/not-found");
      await bench().accepted("cyd", { type: "participant.leave", conversationId: "a" });
      expect((await bench().refused("cyd", forward)).code).toBe("file/not-found");
      await bench().accepted("bob", forward);
      await bench().accepted("cyd", forward);
    });

    it("stay as long as a message shows them, and are gone a while later", async () => {
      await bench().group("a", "ada");
      const on = { conversationId: "a" } as const;
      const [kept, edited, deleted, twice, unsent, preview] = [
        await ready(table()),
        await ready(table()),
        await ready(table()),
        await ready(table(), { ownerId: "ada", createdAt: 2 * DAY_MS }),
        await ready(table(), { createdAt: 2 * DAY_MS }),
        await ready(table(), { createdAt: 2 * DAY_MS }),
      ];
      const said = async (...files: readonly Attachment[]) =>
        (await bench().accepted("ada", showing("a", ...files))).commandId;
      await said(shown(kept, { thumbnailId: preview.fileId }));
      const [editedId, deletedId] = [await said(shown(edited), shown(twice)), await said(shown(deleted))];
      const last = await said(shown(twice));
      expect(await goneBy(4 * DAY_MS)).toEqual([unsent.fileId]);
      const edit = { type: "message.edit", messageId: editedId, ...on } as const;
      await bench().accepted("ada", { ...edit, content: { text: "so" } });
      expect(await goneBy(4 * DAY_MS)).toEqual([unsent.fileId]);
      await bench().accepted("ada", { ...edit, content: { text: "so", attachments: [] } });
      await bench().accepted("ada", { type: "message.delete", messageId: deletedId, ...on });
      const gone = [deleted, edited, unsent].map(({ fileId }) => fileId);
      expect([...(await goneBy(4 * DAY_MS))].sort()).toEqual([...gone].sort());
      expect(await table().find(deleted.fileId)).toBe(undefined);
      expect((await bench().refused("ada", showing("a", shown(deleted)))).code).toBe("file/not-found");
      await table().remove([...gone, kept.fileId]);
      expect(await goneBy(4 * DAY_MS)).toEqual([]);
      expect(await table().find(kept.fileId)).toEqual(kept);
      await bench().accepted("ada", { type: "message.delete", messageId: last, ...on });
      await bench().store.upkeep?.prune({ now: 0, before: 0, newest: 0, rememberedSince: 0 });
      expect([...(await goneBy(4 * DAY_MS))].sort()).toEqual(
        [kept, preview, twice].map(({ fileId }) => fileId).sort(),
      );
    });

    it("are given up unless a message shows them, and count for an hour all the same", async () => {
      await bench().group("a", "ada");
      const [one, other] = [await ready(table()), await ready(table())];
      await bench().accepted("ada", showing("a", shown(one)));
      expect([await table().abandon(one.fileId), await table().abandon(other.fileId)]).toEqual([false, true]);
      expect(await table().abandon(newId())).toBe(false);
      expect(await table().find(other.fileId)).toBe(undefined);
      await ready(table());
      expect(codeOf(await table().open(file(), quota))).toBe("file/quota");
      expect(codeOf(await table().open(other, quota))).toBe("command/id-taken");
      expect(await goneBy(DAY_MS)).toEqual([]);
      expect(await goneBy(DAY_MS + HOUR_MS)).toEqual([other.fileId]);
    });

    it("[D2] of a message that comes again are not asked for again", async () => {
      await bench().group("a", "ada");
      const one = await ready(table());
      const submission = bench().submission("ada", showing("a", shown(one)));
      await bench().outcome(submission);
      await bench().accepted("ada", {
        ...{ type: "message.delete", conversationId: "a", messageId: submission.command.commandId },
      });
      expect(await goneBy(1)).toEqual([one.fileId]);
      expect(await bench().outcome(submission)).toMatchObject({ ok: true, isKnown: true });
    });

    it("belong to what is kept of a person, and are gone with them, wherever they are shown (row D25)", async () => {
      await bench().group("a", "ada", "bob");
      await bench().group("b", "bob", "ada");
      const [one, other] = [await ready(table()), await ready(table(), { ownerId: "bob" })];
      await bench().accepted("ada", showing("a", shown(one)));
      await bench().accepted("bob", showing("b", shown(one)));
      await bench().accepted("bob", showing("a", shown(other)));
      const kept = async (): Promise<readonly Kept[]> => {
        const all: Kept[] = [];
        for (let next: string | undefined = ""; next !== undefined;) {
          const page: KeptPage | undefined = await bench().store.upkeep?.kept("ada", next || undefined);
          all.push(...(page?.items ?? []));
          next = page?.next;
        }
        return all.filter(({ type }) => type === "file");
      };
      const { fileId, conversationId, name, mediaType, size, createdAt: at } = one;
      expect(await kept()).toEqual([{ type: "file", fileId, conversationId, name, mediaType, size, at }]);
      await bench().store.upkeep?.forget("ada", 2 * DAY_MS);
      expect(await kept()).toEqual([]);
      expect(await goneBy(0)).toEqual([fileId]);
      expect(await table().isShown(other.fileId, "a")).toBe(true);
    });
  });
}
