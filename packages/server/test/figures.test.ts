import { beforeEach, describe, expect, it } from "vitest";
import type { TidingsServer } from "../src/index.ts";
import { createServiceKey } from "../src/index.ts";
import { MOST_MEASURED } from "../src/store/figures.ts";
import { call } from "./support/api.ts";
import { join } from "./support/server-process.ts";
import { secret } from "./support/server-process.ts";
import { start, unhurried } from "./support/start.ts";

describe("figures over HTTP", () => {
  const backend = createServiceKey();
  const other = createServiceKey();
  let server: TidingsServer;
  beforeEach(async () => {
    const serviceKeys = [
      { name: "backend", hash: backend.hash, scopes: ["export" as const] },
      { name: "other", hash: other.hash, scopes: ["erase" as const] },
    ];
    server = await start({ secret, lobbies: [], policy: unhurried, serviceKeys });
    const ada = await join(server.url, "ada");
    const participants = [{ userId: "bob" }];
    await ada.accepted({ type: "conversation.create", conversationId: "a", kind: "group", participants });
    await ada.say("a", "one");
    await ada.say("a", "two");
  });
  const around = (): string => `since=${Date.now() - 3_600_000}&until=${Date.now() + 3_600_000}`;
  const asked = async (userId: string, query: string) =>
    call(server, `GET /v1/conversations/a/figures?${query}`, { token: await server.issueToken(userId) });

  it("are for moderators, and for keys that may export, as JSON and as CSV (row I2)", async () => {
    const day = { messages: 2, people: 1, reactions: 0 };
    const { json, status } = await asked("ada", around());
    expect([status, json]).toMatchObject([200, { days: [day], total: day }]);
    const byKey = await call(server, `GET /v1/conversations/a/figures?${around()}`, { token: backend.key });
    expect(byKey.json).toEqual(json);
    const csv = await asked("ada", `${around()}&format=csv`);
    expect(csv.headers.get("content-type")).toContain("text/csv");
    expect(csv.text).toMatch(
      /^day,messages,people,reactions,medianResponseMs\r\n\d{4}-\d\d-\d\d,2,1,0,\r\n$/u,
    );
  });

  it("are by the days of whoever asks (row I2)", async () => {
    const dayOf = async (offsetMinutes: number): Promise<unknown> =>
      (await asked("ada", `${around()}&offsetMinutes=${offsetMinutes}`)).json;
    const ahead = 14 * 60;
    for (const offset of [-ahead, ahead]) {
      const day = new Date(Date.now() + offset * 60_000).toISOString().slice(0, 10);
      expect(await dayOf(offset)).toMatchObject({ days: [{ day }] });
    }
    expect(await dayOf(ahead + 1)).toMatchObject({ code: "query/malformed" });
  });

  it("[D9] say in JSON and in CSV where there was more than they look at (row I2)", async () => {
    const { embedded } = MOST_MEASURED;
    try {
      MOST_MEASURED.embedded = 1;
      expect((await asked("ada", around())).json).toMatchObject({ total: { messages: 1 }, truncated: true });
      const csv = await asked("ada", `${around()}&format=csv`);
      expect(csv.text).toMatch(/\r\n\d{4}-\d\d-\d\d,1,1,0,\r\ntruncated,,,,\r\n$/u);
    } finally {
      MOST_MEASURED.embedded = embedded;
    }
    expect((await asked("ada", around())).json).not.toHaveProperty("truncated");
  });

  it("[D8] are refused to members, to keys that may not export, and to whoever is not in it as if it were not there", async () => {
    expect((await asked("bob", around())).json).toMatchObject({ code: "permission/denied" });
    const byKey = await call(server, `GET /v1/conversations/a/figures?${around()}`, { token: other.key });
    expect([byKey.status, byKey.json]).toMatchObject([403, { code: "permission/denied" }]);
    const stranger = await asked("eve", around());
    expect(stranger.json).toMatchObject({ code: "conversation/not-found" });
    const nowhere = await call(server, `GET /v1/conversations/none/figures?${around()}`, {
      token: await server.issueToken("eve"),
    });
    expect(nowhere.status).toBe(stranger.status);
    expect(nowhere.json).toMatchObject({ code: "conversation/not-found" });
  });

  it("[D9] are of a year at most", async () => {
    const most = 366 * 86_400_000;
    expect((await asked("ada", `since=0&until=${most}`)).status).toBe(200);
    for (const query of [`since=0&until=${most + 1}`, "since=5&until=5", "since=x&until=5", "until=5"]) {
      expect((await asked("ada", query)).json).toMatchObject({ code: "query/malformed" });
    }
  });
});
