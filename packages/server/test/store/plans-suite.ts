import { claimed } from "@tidings/core/domain";
import { notebookOf, type NoteRecord, type NoteSubject, type NoteValue } from "@tidings/core/protocol";
import { describe, expect, it, vi } from "vitest";
import type { Store } from "../../src/store/store.ts";
import { type Draft, newId } from "../support/raw-client.ts";
import type { Workbench } from "./workbench.ts";

const message = { kind: "text", content: { text: "later" }, custom: { odd: "\u0000\ud800" } } as const;

function put(subject: NoteSubject, value?: NoteValue): Draft {
  const conversationId = notebookOf("ada");
  return value
    ? { type: "note.set", conversationId, subject, value }
    : { type: "note.clear", conversationId, subject };
}

const plan = (): NoteSubject => ({ kind: "scheduled", conversationId: "a", messageId: newId() });

/** What a store promises of notes with a time. */
export function plansSuite(bench: () => Workbench, reopen: (store: Store) => Promise<Store>): void {
  const due = async (until: number): Promise<readonly NoteRecord[]> =>
    (await bench().store.plans?.due(until)) ?? [];
  const times = async (until: number): Promise<readonly unknown[]> =>
    (await due(until)).map(({ value }) => value?.dueAt);

  describe("plans", () => {
    it("are found when they are due, until they are done, also after a restart (row I1)", async () => {
      const [one, two, reminder] = [plan(), plan(), { ...plan(), kind: "reminder" } as const];
      await bench().accepted("ada", put(one, { dueAt: 30, message }));
      await bench().accepted("ada", put(two, { dueAt: 20, message }));
      await bench().accepted("ada", put(reminder, { dueAt: 10 }));
      await bench().accepted("ada", put({ kind: "pinned", conversationId: "a" }, {}));
      expect([await times(9), await times(20), await times(99)]).toEqual([[], [10, 20], [10, 20, 30]]);
      expect(await bench().store.plans?.next(9)).toBe(10);
      expect(await bench().store.plans?.next(10)).toBe(20);
      expect((await bench().store.plans?.due(99, 1))?.map(({ value }) => value?.dueAt)).toEqual([20, 30]);
      const [, , found] = await due(99);
      expect(found).toMatchObject({ conversationId: notebookOf("ada"), subject: one, value: { message } });

      const system = { system: true };
      await bench().accepted("ada", put(one, claimed({ dueAt: 30, message }, 40)), system);
      await bench().accepted("ada", put(reminder, claimed({ dueAt: 10 }, 40)), system);
      bench().store = await reopen(bench().store);
      expect(await times(99)).toEqual([20, 30]); // whoever claimed the message may have gone
      await bench().accepted(
        "ada",
        put(one, { dueAt: 30, message, firedAt: 40, code: "rate/limited" }),
        system,
      );
      await bench().accepted("ada", put(two));
      expect([await times(99), await bench().store.plans?.next(0)]).toEqual([[], undefined]);
      await bench().accepted("ada", put(one, { dueAt: 60, message }));
      expect(await times(99)).toEqual([60]);
      await bench().store.upkeep?.forget("ada", 2_000_000);
      expect(await times(99)).toEqual([]);
    });

    it("are found again if whoever tells devices of one does not say that it has, and not if it does", async () => {
      const reminder = { ...plan(), kind: "reminder" } as const;
      const system = { system: true };
      await bench().accepted("ada", put(reminder, { dueAt: 10 }));
      const telling = claimed({ dueAt: 10 }, 40, true);
      await bench().accepted("ada", put(reminder, telling), system);
      const again = (await bench().store.plans?.next(10)) ?? 0;
      expect([await times(again - 1), await times(again)]).toEqual([[], [10]]);
      bench().store = await reopen(bench().store);
      expect(await due(again)).toMatchObject([{ subject: reminder, value: { firedAt: 40, tellingAt: 40 } }]);
      await bench().accepted("ada", put(reminder, claimed(telling, again)), system);
      expect([await times(again * 9), await bench().store.plans?.next(0)]).toEqual([[], undefined]);
    });

    it("wake somebody at their last time, and nobody once they are called off", async () => {
      const { work } = bench().store.plans ?? {};
      if (!work) return; // Nobody but us is there to be woken.
      const woken: NoteRecord[] = [];
      const now = Date.now();
      bench().at = now;
      const [moved, cancelled, kept] = [plan(), plan(), plan()];
      await bench().accepted("ada", put(moved, { dueAt: now + 86_400_000, message }));
      await bench().accepted("ada", put(cancelled, { dueAt: now - 5, message }));
      await bench().accepted("ada", put(cancelled));
      await bench().accepted("ada", put(kept, { dueAt: now + 86_400_000, message }));
      const stop = await work(async (note) => void woken.push(note));
      await bench().accepted("ada", put(moved, { dueAt: now - 1, message }));
      await vi.waitFor(() => expect(woken).not.toEqual([]), { timeout: 10_000, interval: 20 });
      await stop();
      expect(woken.map(({ subject }) => subject.messageId)).toEqual([moved.messageId]);
    });
  });
}
