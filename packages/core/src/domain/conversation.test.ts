import { describe, expect, it } from "vitest";
import { createLedger, mint, outcome, withCast } from "../../test/ledger.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { apply } from "./apply.ts";

describe("conversation.create", () => {
  it("makes the conversation, its creator as owner, then the invited, with dense revisions", () => {
    const ledger = createLedger();
    const participants = [{ userId: "adam", role: "admin" }, { userId: "mike" }] as const;
    const { changes } = ledger.do("olga", {
      type: "conversation.create",
      kind: "group",
      name: "Plans",
      custom: { colour: "red" },
      participants,
    });
    expect(changes.map(({ rev, record }) => [rev, record.rev, record.type])).toEqual([
      [1, 1, "conversation"],
      [2, 2, "participant"],
      [3, 3, "participant"],
      [4, 4, "participant"],
    ]);
    expect(ledger.conversation()).toEqual({
      type: "conversation",
      conversationId: "c1",
      rev: 1,
      kind: "group",
      status: "active",
      name: "Plans",
      custom: { colour: "red" },
      settings: { typing: true, receipts: true },
      createdBy: "olga",
      createdAt: 1_000,
    });
    expect(ledger.person("olga")).toMatchObject({ role: "owner", status: "active", joinedAt: 1_000 });
    expect(ledger.person("adam").role).toBe("admin");
    expect(ledger.person("mike").role).toBe("member");
    expect(ledger.store.counts).toEqual({ members: 3, owners: 1, pins: 0 });
  });

  it("takes each person once, and never the creator's own invitation", () => {
    const ledger = createLedger();
    ledger.do("olga", {
      type: "conversation.create",
      kind: "group",
      participants: [
        { userId: "olga", role: "member" },
        { userId: "mike" },
        { userId: "mike", role: "admin" },
      ],
    });
    expect(ledger.person("olga").role).toBe("owner");
    expect(ledger.person("mike").role).toBe("member");
    expect(ledger.store.counts.members).toBe(2);
  });

  it("refuses an id that is taken, whoever asks", () => {
    const ledger = withCast();
    for (const actorId of ["olga", "stranger"]) {
      expect(outcome(ledger.try(actorId, { type: "conversation.create", kind: "group" }))).toBe(
        "conversation/exists",
      );
    }
  });

  it("makes both people of a direct conversation owners, whatever the invitation says", () => {
    const ledger = createLedger();
    ledger.do("ann", {
      type: "conversation.create",
      kind: "direct",
      participants: [{ userId: "bob", role: "member" }],
    });
    expect([ledger.person("ann").role, ledger.person("bob").role]).toEqual(["owner", "owner"]);
  });

  it.each([[[]], [["ann"]], [["bob", "cid"]]])("refuses a direct conversation with %j", (userIds) => {
    const participants = userIds.map((userId) => ({ userId }));
    const applied = createLedger().try("ann", { type: "conversation.create", kind: "direct", participants });
    expect(outcome(applied)).toBe("command/malformed");
  });

  it("refuses more people than the conversation may hold, or one command invite", () => {
    const participants = Array.from({ length: 3 }, (_, index) => ({ userId: `u${index}` }));
    const create = { type: "conversation.create", kind: "group", participants } as const;
    const { limits } = defaultPolicy;
    const ledger = createLedger();
    expect(outcome(ledger.try("olga", create, { limits: { ...limits, members: 3 } }))).toBe(
      "conversation/full",
    );
    expect(outcome(ledger.try("olga", create, { limits: { ...limits, invitations: 2 } }))).toBe(
      "conversation/full",
    );
    expect(outcome(ledger.try("olga", create, { limits: { ...limits, members: 4, invitations: 3 } }))).toBe(
      "ok",
    );
  });

  it("lets the system make one without being in it", () => {
    const ledger = createLedger();
    const participants = [{ userId: "olga", role: "owner" }] as const;
    ledger.do("lobby", { type: "conversation.create", kind: "community", participants }, { system: true });
    expect(ledger.store.participant("lobby")).toBeUndefined();
    expect(ledger.store.counts).toEqual({ members: 1, owners: 1, pins: 0 });
  });
});

describe("conversation.update", () => {
  it("changes what it names and leaves the rest (row E3)", () => {
    const ledger = withCast();
    ledger.do("adam", { type: "conversation.update", name: "Plans", description: "for June" });
    ledger.do("adam", { type: "conversation.update", description: "" });
    ledger.do("adam", { type: "conversation.update", settings: { typing: false, receipts: true } });
    expect(ledger.conversation()).toMatchObject({
      name: "Plans",
      description: "",
      settings: { typing: false, receipts: true },
      rev: ledger.store.head.rev,
    });
  });

  it("changes nothing when everything is so already", () => {
    const ledger = withCast();
    const update = { type: "conversation.update", name: "Plans", custom: { a: [1] } } as const;
    expect(outcome(ledger.try("adam", update))).toBe("ok");
    expect(outcome(ledger.try("adam", update))).toBe("same");
    expect(outcome(ledger.try("adam", { type: "conversation.update" }))).toBe("same");
  });
});

describe("conversation.status", () => {
  it("is set by an admin; deletion and return by an owner only", () => {
    const ledger = withCast();
    const set = (actorId: string, status: "active" | "archived" | "muted" | "deleted"): string =>
      outcome(ledger.try(actorId, { type: "conversation.status", status }));
    expect(set("mona", "archived")).toBe("permission/denied");
    expect(set("adam", "archived")).toBe("ok");
    expect(set("adam", "archived")).toBe("same");
    expect(set("adam", "deleted")).toBe("permission/denied");
    expect(set("olga", "deleted")).toBe("ok");
    expect(set("adam", "active")).toBe("permission/denied");
    expect(set("olga", "active")).toBe("ok");
  });

  it.each(["archived", "deleted"] as const)("leaves little to do while %s", (status) => {
    const ledger = withCast();
    const messageId = ledger.say("mike");
    ledger.do("olga", { type: "conversation.status", status });
    const of = (actorId: string, command: Parameters<typeof ledger.ask>[1]): string =>
      outcome(ledger.ask(actorId, command));
    expect(of("olga", { type: "message.send", kind: "text", content: { text: "hi" } })).toBe(
      "conversation/closed",
    );
    expect(of("mike", { type: "message.delete", messageId })).toBe("conversation/closed");
    expect(of("olga", { type: "participant.add", userId: "new" })).toBe("conversation/closed");
    expect(of("mike", { type: "participant.notify", notify: "none" })).toBe("ok");
    expect(of("mike", { type: "receipt.mark", readSeq: 1 })).toBe("ok");
    expect(of("mike", { type: "participant.leave" })).toBe("ok");
    expect(of("olga", { type: "participant.leave" })).toBe("participant/last-owner");
  });

  it("lets only moderators and above write while muted", () => {
    const ledger = withCast();
    const messageId = ledger.say("mike");
    ledger.do("adam", { type: "conversation.status", status: "muted" });
    const send = { type: "message.send", kind: "text", content: { text: "hi" } } as const;
    expect(outcome(ledger.try("mike", send))).toBe("permission/muted");
    expect(outcome(ledger.try("mike", { type: "message.react", messageId, emoji: "👍" }))).toBe(
      "permission/muted",
    );
    expect(outcome(ledger.try("mike", { type: "message.delete", messageId }))).toBe("ok");
    for (const actorId of ["mona", "adam", "olga"]) expect(outcome(ledger.try(actorId, send))).toBe("ok");
  });
});

describe("retention", () => {
  const settings = (maxAgeMs: number) => ({ typing: true, receipts: true, retention: { maxAgeMs } });

  it("is set by owners, for no less time than the policy says, where there is any (row C14)", () => {
    const ledger = withCast();
    const update = { type: "conversation.update", settings: settings(60_000) } as const;
    expect(outcome(ledger.try("adam", update))).toBe("permission/denied");
    expect(outcome(ledger.try("adam", { ...update, settings: { typing: false, receipts: true } }))).toBe(
      "ok",
    );
    expect(outcome(ledger.try("olga", { ...update, settings: settings(59_999) }))).toBe("command/malformed");
    expect(outcome(ledger.try("olga", update))).toBe("ok");
    expect(outcome(ledger.try("adam", { ...update, name: "Same" }))).toBe("ok");
    const { keepAtLeastMs: _none, ...limits } = defaultPolicy.limits;
    const context = { actorId: "olga", at: 1, limits };
    const command = { ...update, commandId: mint(), conversationId: "c1", at: 1, settings: settings(70_000) };
    expect(outcome(apply(ledger.store, command, context))).toBe("command/unsupported");
  });

  it("is carried out by the system alone, and a floor only rises", () => {
    const ledger = withCast();
    for (const text of ["1", "2", "3"]) {
      ledger.do("olga", { type: "message.send", kind: "text", content: { text } });
    }
    const prune = (floorSeq: number) => ({ type: "conversation.prune", floorSeq }) as const;
    expect(outcome(ledger.try("olga", prune(2)))).toBe("permission/denied");
    expect(outcome(ledger.try("eve", prune(2)))).toBe("conversation/not-found");
    const act = (floorSeq: number): string => {
      const command = { ...prune(floorSeq), commandId: mint(), conversationId: "c1", at: 1 };
      const applied = apply(ledger.store, command, {
        ...{ actorId: "system", at: 1, limits: defaultPolicy.limits, system: true },
      });
      if (applied.ok) ledger.store.commit(applied);
      return outcome(applied);
    };
    expect([act(1), act(3), act(2), act(99)]).toEqual(["same", "ok", "same", "ok"]);
    expect(ledger.conversation()).toMatchObject({ floorSeq: 4 });
    expect(ledger.store.messages()).toEqual([]);
  });
});
