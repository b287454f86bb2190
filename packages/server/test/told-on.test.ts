import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createServiceKey } from "../src/index.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../src/testing/postgres.ts";
import { call } from "./support/api.ts";
import { join, message, type RawClient } from "./support/raw-client.ts";
import { start, unhurried } from "./support/start.ts";

const { key, hash } = createServiceKey();

/** Of a line of an export what is asked about here. */
interface Told {
  readonly type: string;
  readonly id: string;
  readonly conversationId: string;
  readonly content?: { readonly text: string };
  readonly origin?: { readonly conversationId: string; readonly authorId: string };
}

describe.each(["SQLite", "PostgreSQL"])("what was told on elsewhere, on %s", (kind) => {
  let postgres: PostgresService | undefined;
  beforeAll(async () => {
    if (kind === "PostgreSQL" && hasPostgres()) postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres?.close());

  it.skipIf(kind === "PostgreSQL" && !hasPostgres())(
    "stays when the original is removed, or its conversation erased, is found by where it is from, and goes with who said it (rows D25, F6)",
    async () => {
      const database = await postgres?.database();
      const serviceKeys = [{ name: "erp", hash, scopes: ["act", "system", "archive", "erase"] }] as const;
      const server = await start({ lobbies: [], policy: unhurried, database, serviceKeys });
      const api = (line: string) => call(server, line, { token: key });
      const [ada, bob, cy, eve] = (await Promise.all(
        ["ada", "bob", "cy", "eve"].map((userId) => join(server, userId)),
      )) as [RawClient, RawClient, RawClient, RawClient];
      const begin = (by: RawClient, conversationId: string, ...others: readonly string[]) =>
        by.accepted({
          ...{ type: "conversation.create", conversationId, kind: "group" },
          participants: others.map((userId) => ({ userId })),
        });
      await begin(ada, "a", "bob", "eve");
      await begin(bob, "b", "cy");
      await begin(cy, "c", "dee");
      const tellOn = async (by: RawClient, from: string, messageId: string, to: string) => {
        const forward = { conversationId: from, messageId };
        const told = {
          type: "message.send",
          conversationId: to,
          kind: "text",
          content: { text: "" },
        } as const;
        return (await by.accepted({ ...told, forward })).commandId;
      };
      /** Whatever says something and was told on out of the conversation "a", as an export has it. */
      const copies = async (): Promise<readonly Told[]> =>
        (await api("GET /v1/export")).text
          .trim()
          .split("\n")
          .map((line): Told => JSON.parse(line))
          .filter(({ type, origin }) => type === "message" && origin?.conversationId === "a");
      const texts = async () =>
        (await copies())
          .map(({ conversationId, content }) => `${conversationId}: ${content?.text}`)
          .toSorted();

      const { commandId: secret } = await ada.accepted(message("a", "ada's secret"));
      const { commandId: insult } = await eve.accepted(message("a", "eve's insult"));
      const first = await tellOn(bob, "a", secret, "b");
      await tellOn(cy, "b", first, "c");
      await tellOn(bob, "a", insult, "b");
      const all = ["b: ada's secret", "b: eve's insult", "c: ada's secret"];

      await ada.accepted({ type: "message.delete", conversationId: "a", messageId: insult, reason: "rude" });
      expect(await texts()).toEqual(all);
      expect((await api("DELETE /v1/conversations/a")).status).toBe(204);
      expect(await texts()).toEqual(all);
      const search = { type: "search", text: "secret", limit: 9 } as const;
      expect((await cy.query(search)).items).toHaveLength(2);

      await server.eraseUser("eve");
      expect(await texts()).toEqual(["b: ada's secret", "c: ada's secret"]);
      for (const { conversationId, id } of await copies())
        expect((await api(`DELETE /v1/conversations/${conversationId}/messages/${id}`)).status).toBe(200);
      expect(await texts()).toEqual([]);
      expect((await cy.query(search)).items).toEqual([]);
    },
    60_000,
  );
});
