import { describe, expect, it } from "vitest";
import { memoryStorage } from "../memory/storage.ts";
import type { Storage } from "../ports/storage.ts";
import type { Command } from "../protocol/commands.ts";
import { createJournal, type Journal } from "./journal.ts";
import { createWriter } from "./writer.ts";

const command: Command = {
  ...{ type: "message.send", commandId: "m1", conversationId: "a", at: 0, kind: "text" },
  content: { text: "hello" },
};

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function journalOf(storage: Storage, userId = "ada"): Journal {
  const writer = createWriter({ storage, rider: () => undefined, room: async () => [] });
  return createJournal({ storage, writer, userId: () => userId, logger: () => {} });
}

describe("journal", () => {
  it("[D5, O13] erases what was cancelled in the very tick in which it was given", async () => {
    const storage = memoryStorage();
    const journal = journalOf(storage);
    const recorded = journal.record({ command });
    journal.erase("m1");
    await recorded;
    await settle();
    expect(await journal.recover()).toEqual([]);
  });

  it("[D1] opens storage again after it could not be opened once", async () => {
    let attempts = 0;
    const open = async (): Promise<void> => {
      if (++attempts === 1) throw new Error("blocked by another tab");
    };
    const storage: Storage = { ...memoryStorage(), open };
    const journal = journalOf(storage);
    await expect(journal.recover()).rejects.toThrow("blocked");
    await journal.record({ command });
    expect(await journal.recover()).toEqual([{ command }]);
  });

  it("[D6, O22] has what the backend refused, and for what reason", async () => {
    const storage = memoryStorage();
    const refused = { code: "permission/denied", message: "unable to send; you are banned" } as const;
    await journalOf(storage).record({ command, refused });
    expect(await journalOf(storage).recover()).toEqual([{ command, refused }]);
  });

  it("[D7, O5] has all in the order given, whatever their ids say", async () => {
    const storage = memoryStorage();
    const journal = journalOf(storage);
    const second = { command: { ...command, commandId: "a0" }, place: 2 };
    await journal.record(second);
    await journal.record({ command, place: 1 });
    expect(await journalOf(storage).recover()).toEqual([{ command, place: 1 }, second]);
  });

  it("[D8, O18] gives nobody what another user has written on the same device", async () => {
    const storage = memoryStorage();
    await journalOf(storage).record({ command });
    expect(await journalOf(storage, "ben").recover()).toEqual([]);
    expect(await journalOf(storage).recover()).toEqual([{ command }]);
  });

  it("[D8, O18] gives what was written before anybody was known to who turns out to have written it", async () => {
    const storage = memoryStorage();
    await journalOf(storage, "").record({ command });
    journalOf(storage).adopt([{ command }]);
    await settle();
    expect(await journalOf(storage).recover()).toEqual([{ command }]);
    expect(await journalOf(storage, "").recover()).toEqual([]);
  });
});
