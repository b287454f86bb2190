import type { NoteValue } from "@tidings/core/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TidingsServer } from "../src/index.ts";
import type { Moderator } from "../src/moderation/moderator.ts";
import { hasPostgres, type PostgresService, startPostgres } from "../src/testing/postgres.ts";
import { call } from "./support/api.ts";
import { join, message, newId, type RawClient } from "./support/raw-client.ts";
import { start, unhurried } from "./support/start.ts";

/** A server whose moderator takes its time over whatever holds the word "held". */
interface Held {
  readonly server: TidingsServer;
  /** Of so much it has been asked by now. */
  readonly asked: () => number;
  readonly letGo: () => void;
}

async function startHolding(database: string | undefined): Promise<Held> {
  const waiting: (() => void)[] = [];
  const moderator: Moderator = ({ text }) =>
    text.includes("held")
      ? new Promise((resolve) => waiting.push(() => resolve({ type: "pass" })))
      : { type: "pass" };
  const server = await start({ lobbies: [], policy: unhurried, moderators: [moderator], database });
  return { server, asked: () => waiting.length, letGo: () => waiting.forEach((each) => each()) };
}

async function begin(client: RawClient, conversationId: string, userId: string): Promise<void> {
  const participants = [{ userId }];
  await client.accepted({ type: "conversation.create", conversationId, kind: "direct", participants });
}

describe.each(["SQLite", "PostgreSQL"])("what a moderator has yet to look at, on %s", (kind) => {
  let postgres: PostgresService | undefined;
  const hold = async (): Promise<Held> => startHolding(await postgres?.database());

  beforeAll(async () => {
    if (kind === "PostgreSQL" && hasPostgres()) postgres = await startPostgres();
  });
  afterAll(() => postgres?.close());

  it.skipIf(kind === "PostgreSQL" && !hasPostgres())(
    "is said by nobody once its author was erased, however it came (row D25)",
    async () => {
      const { server, asked, letGo } = await hold();
      const [ada, dora, bob] = [
        await join(server, "ada"),
        await join(server, "dora"),
        await join(server, "bob"),
      ];
      await begin(ada, "a", "bob");
      await begin(dora, "d", "bob");
      ada.send(ada.frame(message("a", "held, over a link")));
      ada.send(
        ada.frame({
          ...{ type: "conversation.create", conversationId: "g", kind: "group", name: "held, as a name" },
          participants: [{ userId: "bob" }],
        }),
      );
      const body = { kind: "text", content: { text: "held, over HTTP" } };
      const posted = call(server, "POST /v1/conversations/a/messages", {
        token: await server.issueToken("ada"),
        body,
      });
      const subject = { kind: "scheduled", conversationId: "d", messageId: newId() } as const;
      const planned: NoteValue = {
        dueAt: Date.now() + 200,
        message: { kind: "text", content: { text: "held, as planned" } },
      };
      await dora.accepted({ type: "note.set", conversationId: "~/dora", subject, value: planned });
      await expect.poll(asked, { timeout: 20_000 }).toBe(4);
      bob.frames.length = 0;
      await Promise.all([server.eraseUser("ada"), server.eraseUser("dora")]);
      letGo();
      expect((await posted).status).toBe(401);
      for (const conversationId of ["a", "d"]) await bob.say(conversationId, "after that");
      for (const conversationId of ["a", "d"])
        expect(JSON.stringify(await bob.query({ type: "history", conversationId, limit: 9 }))).not.toContain(
          "held",
        );
      expect(JSON.stringify(bob.frames)).not.toContain("held");
      // Nobody leaves a direct conversation, so that they were in it stays; and that one looked.
      const kept = [];
      for (const userId of ["ada", "dora"])
        for await (const each of server.exportUser(userId)) kept.push(each);
      expect(
        kept.map((each) => ("conversationId" in each ? `${each.type} ${each.conversationId}` : each.type)),
      ).toEqual(["participant a", "audit", "participant d", "audit"]);
    },
  );

  it.skipIf(kind === "PostgreSQL" && !hasPostgres())(
    "reaches nobody who has blocked its author meanwhile (row D10)",
    async () => {
      const { server, asked, letGo } = await hold();
      const [ada, bob] = [await join(server, "ada"), await join(server, "bob")];
      await begin(ada, "a", "bob");
      const sent = ada.frame(message("a", "held"));
      ada.send(sent);
      await expect.poll(asked).toBe(1);
      const subject = { kind: "block", conversationId: "~/bob", userId: "ada" } as const;
      await bob.accepted({ type: "note.set", conversationId: "~/bob", subject, value: {} });
      letGo();
      expect(await ada.find("reject")).toMatchObject({ id: sent.id });
      const { messages } = await bob.query({ type: "history", conversationId: "a", limit: 9 });
      expect(messages).toEqual([]);
    },
  );
});
