import { describe, expect, it } from "vitest";
import { type FiguresQuery, MOST_MEASURED } from "../../src/store/figures.ts";
import type { Workbench } from "./workbench.ts";

const DAY_MS = 86_400_000;
/** Ten in the morning of a day in UTC. */
const MORNING = Date.UTC(2026, 10, 30, 10);

/** What a store promises of conversations in figures. */
export function figuresSuite(bench: () => Workbench): void {
  const ask = (query: Partial<FiguresQuery> = {}) =>
    bench().store.figures?.({
      ...{ conversationId: "a", since: MORNING - DAY_MS, until: MORNING + 3 * DAY_MS, offsetMs: 0 },
      ...query,
    });
  /** One second later each time, unless told otherwise: the bench itself adds a millisecond to each. */
  const say = (userId: string, afterMs: number): Promise<string> => {
    bench().at += afterMs - 1;
    return bench().said(userId, "a", "x");
  };

  describe("figures", () => {
    it("count messages, people, reactions and how soon somebody answers, by day and in all (row I2)", async () => {
      await bench().group("a", "ada", "bob", "cy");
      await bench().group("b", "ada");
      await say("ada", 1); // long before, and answered by the first that counts
      bench().at = MORNING;
      const on = { conversationId: "a" } as const;
      const first = await say("bob", 1_000);
      await say("bob", 1_000); // no answer: they go on
      await say("ada", 4_000);
      await say("cy", 10_000);
      const gone = await say("ada", 1_000);
      await bench().said("ada", "b", "elsewhere");
      for (const [userId, emoji] of [
        ["ada", "👍"],
        ["cy", "👍"],
        ["ada", "🎉"],
      ] as const) {
        await bench().accepted(userId, { type: "message.react", messageId: first, emoji, ...on });
      }
      const content = { text: "when?", poll: { options: ["one", "two"] } };
      bench().at = MORNING + DAY_MS;
      const poll = await bench().accepted("bob", { type: "message.send", kind: "poll", content, ...on });
      await bench().accepted("cy", { type: "poll.vote", messageId: poll.commandId, choices: [1], ...on });
      await bench().accepted("ada", { type: "message.delete", messageId: gone, ...on });

      const figures = await ask();
      expect(figures?.days).toMatchObject([
        // 4 s, 10 s, and whatever it took to answer the one from long before: the one in the middle counts.
        { day: "2026-11-30", messages: 4, people: 3, reactions: 3, medianResponseMs: 10_000 },
        { day: "2026-12-01", messages: 1, people: 1, reactions: 0 },
      ]);
      expect(figures?.total).toMatchObject({ messages: 5, people: 3, reactions: 3 });
      const one = await ask({ since: MORNING + 5_500, until: MORNING + 7_000 });
      expect(one?.total).toEqual({ messages: 1, people: 1, reactions: 0, medianResponseMs: 4_000 });
    });

    it("[D9] say where there was more than one answer looks at (row I2)", async () => {
      await bench().group("a", "ada");
      bench().at = MORNING;
      for (let said = 0; said < 4; said += 1) await say("ada", 1_000);
      const { ...most } = MOST_MEASURED;
      const counted = async (
        bound: number,
        query: Partial<FiguresQuery> = {},
      ): Promise<readonly unknown[]> => {
        Object.assign(MOST_MEASURED, { database: bound, embedded: bound });
        const figures = await ask(query);
        return [figures?.total.messages, figures?.truncated];
      };
      try {
        expect(await counted(4)).toEqual([4, undefined]);
        expect(await counted(3)).toEqual([3, true]);
        expect(await counted(3, { until: MORNING + 3_500 })).toEqual([3, undefined]);
        expect(await counted(3, { since: MORNING + 1_500 })).toEqual([3, undefined]);
      } finally {
        Object.assign(MOST_MEASURED, most);
      }
    });

    it("go by the days of whoever asks, and say nothing where nothing was said", async () => {
      await bench().group("a", "ada");
      bench().at = MORNING;
      await say("ada", 1_000);
      const days = async (offsetMs: number): Promise<readonly unknown[]> =>
        ((await ask({ offsetMs }))?.days ?? []).map(({ day }) => day);
      expect(await days(-11 * 3_600_000)).toEqual(["2026-11-29"]);
      expect(await days(14 * 3_600_000)).toEqual(["2026-12-01"]);
      expect(await ask({ since: MORNING + DAY_MS })).toEqual({
        days: [],
        total: { messages: 0, people: 0, reactions: 0 },
      });
      expect(await ask({ conversationId: "none" })).toBeUndefined();
    });
  });
}
