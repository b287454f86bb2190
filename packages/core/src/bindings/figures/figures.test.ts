import { describe, expect, it } from "vitest";
import { member, world } from "../../../test/client/world.ts";
import { MessagingError } from "../../errors/messaging-error.ts";
import { memoryStorage } from "../../memory/storage.ts";
import { clearDevice } from "../device/device.ts";
import type { Figures, FiguresBackend, FiguresQuery } from "./backend.ts";
import { httpFigures } from "./http-figures.ts";
import { openFigures } from "./open-figures.ts";

const DAY_MS = 86_400_000;
const figuresOf = (messages: number): Figures => {
  const day = { messages, people: 1, reactions: 0, medianResponseMs: 5 };
  return { days: [{ day: "2026-11-30", ...day }], total: day };
};

/** A backend of one's own, by the port: it counts how often it is asked, and may be away, or refuse. */
function counting() {
  const state: { asked: number; error?: MessagingError | undefined } = { asked: 0 };
  const backend: FiguresBackend = {
    async of() {
      state.asked += 1;
      if (state.error) throw state.error;
      return figuresOf(state.asked);
    },
    csv: async ({ conversationId }) => new Blob([conversationId]),
  };
  return { state, backend };
}

const span = { since: 0, until: DAY_MS };

describe("a conversation in figures", () => {
  it("is asked for while somebody looks, and again with each new link (row I2)", async () => {
    const here = world();
    const [client] = await member(here, "ada");
    const { state, backend } = counting();
    const view = openFigures(client, { backend, conversationId: "general", ...span });
    expect(state.asked).toBe(0);
    const stop = view.subscribe(() => {});
    expect(view.get()).toMatchObject({ known: undefined, isLoading: true });
    await here.clock.settle();
    const at = here.clock.now();
    expect(view.get()).toEqual({
      known: { ...span, figures: figuresOf(1), at },
      isLoading: false,
      error: undefined,
    });
    client.disconnect();
    await client.connect();
    await here.clock.settle();
    expect(view.get().known?.figures.total.messages).toBe(2);
    stop();
    client.disconnect();
    await client.connect();
    await here.clock.settle();
    expect(state.asked).toBe(2);
    expect(await (await view.csv()).text()).toBe("general");
  });

  it("is what was known last where the backend is out of reach, with its time, also after a restart (row I2)", async () => {
    const here = world();
    const storage = memoryStorage();
    const { state, backend } = counting();
    const [client] = await member(here, "ada", { storage });
    const first = openFigures(client, { backend, conversationId: "general", ...span });
    await first.refresh();
    const { known } = first.get();
    expect(known?.at).toBe(here.clock.now());
    await here.clock.advance(5_000);
    state.error = new MessagingError("connection/failed");
    await first.refresh();
    expect(first.get()).toMatchObject({ known, error: { code: "connection/failed" } });
    await client.close();
    const [again] = await member(here, "ada", { storage });
    const other = { since: DAY_MS, until: 2 * DAY_MS };
    const later = openFigures(again, { backend, conversationId: "general", ...other });
    await later.refresh();
    expect(later.get()).toMatchObject({
      known: { ...span, at: known?.at },
      error: { code: "connection/failed" },
    });
    const [bob] = await member(here, "bob", { storage });
    const his = openFigures(bob, { backend, conversationId: "general", ...span });
    await his.refresh();
    expect(his.get().known).toBeUndefined(); // whoever uses the device next knows nothing
    await clearDevice(storage, "ada");
    const cleared = openFigures(again, { backend, conversationId: "general", ...span });
    await cleared.refresh();
    expect(cleared.get().known).toBeUndefined();
  });

  it("[D8] is forgotten once the backend refuses it, here and on storage (row I2)", async () => {
    const here = world();
    const storage = memoryStorage();
    const { state, backend } = counting();
    const [client] = await member(here, "ada", { storage });
    for (const code of ["permission/denied", "conversation/not-found"] as const) {
      state.error = undefined;
      const view = openFigures(client, { backend, conversationId: "general", ...span });
      await view.refresh();
      expect(view.get().known).toBeDefined();
      state.error = new MessagingError(code);
      await view.refresh();
      expect(view.get()).toMatchObject({ known: undefined, error: { code } });
      state.error = new MessagingError("connection/failed");
      await view.refresh();
      expect(view.get().known).toBeUndefined();
    }
  });

  it("[D9] is kept of twenty conversations at most, those asked about last", async () => {
    const here = world();
    const storage = memoryStorage();
    const { backend } = counting();
    const [client] = await member(here, "ada", { storage });
    for (let index = 0; index < 23; index += 1) {
      await openFigures(client, { backend, conversationId: `c${index}`, ...span }).refresh();
      await here.clock.advance(1);
    }
    const kept = await storage.scan({ prefix: ["figures", "ada"] });
    expect(kept.map(([key]) => key.at(-1))).toEqual(
      Array.from({ length: 20 }, (_, index) => `c${index + 3}`).toSorted(),
    );
  });

  it("is read over HTTP from the reference server, as figures or as a table, and nothing else is taken for it", async () => {
    const asked: string[] = [];
    let answer: () => Response = () => Response.json({ ...figuresOf(3), secret: 1 });
    const backend = httpFigures({
      url: "https://chat.example",
      auth: async () => "token",
      fetch: async (...given) => {
        const { headers, url } = new Request(...given);
        asked.push(`${headers.get("authorization")} ${url}`);
        return answer();
      },
    });
    const query: FiguresQuery = { conversationId: "a/b", ...span, offsetMinutes: 60 };
    expect(await backend.of(query)).toEqual(figuresOf(3));
    answer = () => new Response("day,messages");
    expect(await (await backend.csv(query)).text()).toBe("day,messages");
    const path = "Bearer token https://chat.example/v1/conversations/a%2Fb/figures";
    expect(asked).toEqual(
      ["json", "csv"].map((format) => `${path}?since=0&until=${DAY_MS}&offsetMinutes=60&format=${format}`),
    );
    for (const wrong of ["no JSON", JSON.stringify({ days: [{ day: "today" }], total: {} })]) {
      answer = () => new Response(wrong);
      await expect(backend.of(query)).rejects.toMatchObject({ code: "protocol/malformed" });
    }
    answer = () => Response.json({ code: "permission/denied", detail: "unable" }, { status: 403 });
    await expect(backend.of(query)).rejects.toMatchObject({ code: "permission/denied", message: "unable" });
  });
});
