import { afterEach, describe, expect, it, vi } from "vitest";
import { browser } from "../../test/tabs/browser.ts";
import { type PageTurn, takePageTurns } from "./page-turn.ts";

afterEach(() => vi.unstubAllGlobals());

interface Page {
  readonly turn: PageTurn;
  look(isLookedAt: boolean): Promise<void>;
  kill(): void;
}

/** Tabs of one browser, each with a global scope of its own while it begins. */
function tabs(): () => Page {
  const window = browser();
  return () => {
    const { locks, kill } = window.tab();
    const listeners: (() => void)[] = [];
    let isLookedAt = false;
    vi.stubGlobal("navigator", { locks });
    vi.stubGlobal("document", { addEventListener: () => {} });
    vi.stubGlobal("addEventListener", (_type: string, listener: () => void) => listeners.push(listener));
    const turn = takePageTurns("notify", () => isLookedAt);
    return {
      ...{ turn, kill },
      async look(is) {
        isLookedAt = is;
        for (const listener of listeners) listener();
        await settled();
      },
    };
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const turns = (...pages: readonly Page[]): Promise<readonly boolean[]> =>
  Promise.all(pages.map(async ({ turn }) => turn.isMine()));

describe("of several tabs", () => {
  it("the one that began first shows what all of them hear, and another after it (row F12)", async () => {
    const open = tabs();
    const [first, second] = [open(), open()];
    await settled();
    expect(await turns(first, second)).toEqual([true, false]);
    first.kill();
    await settled();
    expect(await turns(second)).toEqual([true]);
  });

  it("the one that is looked at decides for all", async () => {
    const open = tabs();
    const [first, second, third] = [open(), open(), open()];
    await second.look(true);
    expect(await turns(first, second, third)).toEqual([false, true, false]);
    await second.look(false);
    await third.look(true);
    expect(await turns(first, second, third)).toEqual([false, false, true]);
    third.turn.end();
    await third.look(false);
    expect(await turns(first, second)).toEqual([true, false]);
  });

  it("each decides for itself where there are no locks", async () => {
    vi.stubGlobal("navigator", {});
    expect([takePageTurns("notify", () => false).isMine()]).toEqual([true]);
  });
});
