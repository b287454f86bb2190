import { describe, expect, it } from "vitest";
import { type BareCommand, cast, type Ledger, outcome, withCast } from "../../test/ledger.ts";
import { defaultPolicy } from "../protocol/policy.ts";

const send = { type: "message.send", kind: "text", content: { text: "hi" } } as const;
const join = { type: "participant.join" } as const;
const leave = { type: "participant.leave" } as const;

function on(userId: string, type: "remove" | "ban" | "unban" | "mute" | "unmute" | "add"): BareCommand {
  return { type: `participant.${type}`, userId };
}

function codes(ledger: Ledger, steps: readonly (readonly [string, BareCommand])[]): string[] {
  return steps.map(([actorId, command]) => outcome(ledger.try(actorId, command)));
}

describe("participant.add", () => {
  it("lets a moderator bring people in, with a role below the giver's", () => {
    const ledger = withCast();
    expect(outcome(ledger.try("mike", on("new", "add")))).toBe("permission/denied");
    const given = (actorId: string, role: "owner" | "admin" | "moderator" | "member"): string =>
      outcome(ledger.ask(actorId, { type: "participant.add", userId: "new", role }));
    expect([given("mona", "member"), given("mona", "moderator")]).toEqual(["ok", "permission/denied"]);
    expect([given("adam", "moderator"), given("adam", "admin")]).toEqual(["ok", "permission/denied"]);
    expect(given("olga", "owner")).toBe("ok");
  });

  it("changes nothing for someone who is in with that role, and refuses another role", () => {
    const ledger = withCast();
    expect(outcome(ledger.try("olga", on("adam", "add")))).toBe("same");
    const again = { type: "participant.add", userId: "adam" } as const;
    expect(outcome(ledger.try("olga", { ...again, role: "admin" }))).toBe("same");
    expect(outcome(ledger.try("olga", { ...again, role: "member" }))).toBe("participant/exists");
  });

  it("brings back who left or was removed with a clean slate, and nobody who was banned", () => {
    const ledger = withCast();
    ledger.do("olga", { type: "participant.permissions", userId: "mike", canSend: false });
    ledger.do("mike", leave);
    ledger.now = 2_000;
    ledger.do("mona", on("mike", "add"));
    expect(ledger.person("mike")).toEqual({
      type: "participant",
      conversationId: "c1",
      userId: "mike",
      rev: ledger.store.head.rev,
      role: "member",
      status: "active",
      joinedAt: 2_000,
    });
    ledger.do("mona", on("mike", "remove"));
    expect(outcome(ledger.try("mona", on("mike", "add")))).toBe("ok");
    ledger.do("mona", on("mike", "ban"));
    expect(outcome(ledger.try("olga", on("mike", "add")))).toBe("permission/banned");
    ledger.do("mona", on("mike", "unban"));
    expect(outcome(ledger.try("olga", on("mike", "add")))).toBe("ok");
  });

  it("gives no one back the role they once had", () => {
    const ledger = withCast();
    ledger.do("adam", leave);
    ledger.do("mona", on("adam", "add"));
    expect(ledger.person("adam").role).toBe("member");
  });

  it("stops at the most members (row E6)", () => {
    const limits = { ...defaultPolicy.limits, members: 5 };
    const ledger = withCast();
    expect(outcome(ledger.try("olga", on("new", "add"), { limits }))).toBe("conversation/full");
    ledger.do("mike", leave);
    expect(outcome(ledger.try("olga", on("new", "add"), { limits }))).toBe("ok");
  });
});

describe("participant.join", () => {
  it.each([
    ["community", "ok"],
    ["space", "ok"],
    ["group", "conversation/not-found"],
    ["direct", "conversation/not-found"],
  ] as const)("into a %s is %s", (kind, expected) => {
    expect(outcome(withCast(kind).try("new", join))).toBe(expected);
  });

  it("makes a member, whatever they were before, and changes nothing for who is in", () => {
    const ledger = withCast("community");
    ledger.do("adam", leave);
    expect(
      codes(ledger, [
        ["adam", join],
        ["adam", join],
        ["olga", join],
      ]),
    ).toEqual(["ok", "same", "same"]);
    expect(ledger.person("adam").role).toBe("member");
    expect(ledger.person("olga").role).toBe("owner");
  });

  it("is open to the removed but not to the banned", () => {
    const ledger = withCast("community");
    expect(
      codes(ledger, [
        ["mona", on("mike", "remove")],
        ["mike", join],
        ["mona", on("mike", "ban")],
        ["mike", join],
        ["mike", send],
        ["mona", on("mike", "unban")],
        ["mike", join],
      ]),
    ).toEqual(["ok", "ok", "ok", "permission/banned", "permission/banned", "ok", "ok"]);
  });

  it("does not end what narrows a person: neither a mute nor a ban from sending", () => {
    const ledger = withCast("community");
    ledger.do("mona", on("mike", "mute"));
    ledger.do("mona", { type: "participant.permissions", userId: "mary", canSend: false });
    expect(
      codes(ledger, [
        ["mike", leave],
        ["mike", join],
        ["mike", send],
      ]),
    ).toEqual(["ok", "ok", "permission/muted"]);
    expect(
      codes(ledger, [
        ["mary", leave],
        ["mary", join],
        ["mary", send],
      ]),
    ).toEqual(["ok", "ok", "permission/denied"]);
    expect(
      codes(ledger, [
        ["mona", on("mike", "unmute")],
        ["mike", send],
      ]),
    ).toEqual(["ok", "ok"]);
    expect(ledger.person("mike")).not.toHaveProperty("mutedUntil");
  });

  it("is refused where the conversation is archived, and unheard of where it was deleted", () => {
    const ledger = withCast("community");
    ledger.do("olga", { type: "conversation.status", status: "archived" });
    expect(outcome(ledger.try("new", join))).toBe("conversation/closed");
    ledger.do("olga", { type: "conversation.status", status: "deleted" });
    expect(outcome(ledger.try("new", join))).toBe("conversation/not-found");
  });

  it("stops at the most members (row E6)", () => {
    const limits = { ...defaultPolicy.limits, members: 5 };
    expect(outcome(withCast("community").try("new", join, { limits }))).toBe("conversation/full");
  });
});

describe("participant.leave", () => {
  it("keeps the record, so that what was said keeps its author", () => {
    const ledger = withCast();
    ledger.do("mike", leave);
    expect(ledger.person("mike").status).toBe("left");
    expect(outcome(ledger.try("mike", send))).toBe("conversation/not-found");
    expect(ledger.store.counts.members).toBe(4);
  });

  it("keeps the last owner until there is another", () => {
    const ledger = withCast();
    expect(outcome(ledger.try("olga", leave))).toBe("participant/last-owner");
    ledger.do("olga", { type: "participant.role", userId: "mike", role: "owner" });
    expect(outcome(ledger.try("olga", leave))).toBe("ok");
  });

  it("by the system does not turn a ban into a departure", () => {
    const ledger = withCast();
    ledger.do("mona", on("mike", "ban"));
    expect(outcome(ledger.try("mike", leave, { system: true }))).toBe("participant/not-found");
    expect(outcome(ledger.try("mike", join, { system: true }))).toBe("permission/banned");
  });
});

describe("what one does to another", () => {
  const types = ["remove", "ban", "unban", "mute", "unmute"] as const;

  it.each(types)("%s works on people of a lower rank only", (type) => {
    const people = Object.keys(cast);
    const allowed = people.flatMap((actorId, high) =>
      people.flatMap((userId, low) => {
        const code = outcome(withCast().try(actorId, on(userId, type)));
        const isLower = high < low && actorId !== "mike" && actorId !== "mary";
        expect(code === "permission/denied", `${actorId} → ${userId}`).toBe(!isLower);
        return isLower ? [code] : [];
      }),
    );
    expect(allowed).toHaveLength(4 + 3 + 2);
  });

  it.each(types)("%s of someone never in is participant/not-found", (type) => {
    expect(outcome(withCast().try("olga", on("stranger", type)))).toBe("participant/not-found");
  });

  it("finds some things as they should be already", () => {
    const ledger = withCast();
    expect(
      codes(ledger, [
        ["mona", on("mike", "unban")],
        ["mona", on("mike", "unmute")],
        ["mona", on("mike", "mute")],
        ["mona", on("mike", "mute")],
        ["mona", on("mike", "remove")],
        ["mona", on("mike", "remove")],
        ["mona", on("mike", "ban")],
        ["mona", on("mike", "ban")],
        ["mona", on("mike", "remove")],
      ]),
    ).toEqual(["same", "same", "ok", "same", "ok", "same", "ok", "same", "same"]);
    expect(ledger.person("mike").status).toBe("banned");
  });

  it("mutes and narrows only who is in", () => {
    const ledger = withCast();
    ledger.do("mike", leave);
    const narrow = { type: "participant.permissions", userId: "mike", canSend: false } as const;
    const promote = { type: "participant.role", userId: "mike", role: "moderator" } as const;
    expect(
      codes(ledger, [
        ["mona", on("mike", "mute")],
        ["mona", narrow],
        ["olga", promote],
      ]),
    ).toEqual(["participant/not-found", "participant/not-found", "participant/not-found"]);
  });

  it("no longer minds the rank of someone who has gone", () => {
    const ledger = withCast();
    ledger.do("adam", leave);
    expect(outcome(ledger.try("mona", on("adam", "ban")))).toBe("ok");
  });

  it("keeps the last owner even from the system", () => {
    const ledger = withCast();
    for (const type of ["remove", "ban"] as const) {
      expect(outcome(ledger.try("bot", on("olga", type), { system: true }))).toBe("participant/last-owner");
    }
    const demote = { type: "participant.role", userId: "olga", role: "member" } as const;
    expect(outcome(ledger.try("bot", demote, { system: true }))).toBe("participant/last-owner");
    expect(outcome(ledger.try("bot", on("adam", "remove"), { system: true }))).toBe("ok");
  });
});

describe("participant.mute", () => {
  it("silences until its time, and no longer", () => {
    const ledger = withCast();
    const messageId = ledger.say("mike");
    ledger.do("mona", { type: "participant.mute", userId: "mike", until: 5_000 });
    expect(ledger.person("mike")).toMatchObject({ status: "muted", mutedUntil: 5_000 });
    ledger.now = 4_999;
    const writes: readonly BareCommand[] = [
      send,
      { type: "message.edit", messageId, content: { text: "other" } },
      { type: "message.react", messageId, emoji: "👍" },
    ];
    for (const command of writes) expect(outcome(ledger.ask("mike", command))).toBe("permission/muted");
    expect(outcome(ledger.ask("mike", { type: "message.delete", messageId }))).toBe("ok");
    ledger.now = 5_000;
    for (const command of writes) expect(outcome(ledger.ask("mike", command))).toBe("ok");
  });

  it("without an end lasts until lifted, and can be given another end", () => {
    const ledger = withCast();
    ledger.do("mona", { type: "participant.mute", userId: "mike", until: 5_000 });
    ledger.do("mona", on("mike", "mute"));
    expect(ledger.person("mike")).not.toHaveProperty("mutedUntil");
    ledger.now = Number.MAX_SAFE_INTEGER;
    expect(outcome(ledger.try("mike", send))).toBe("permission/muted");
    ledger.do("mona", on("mike", "unmute"));
    expect(outcome(ledger.try("mike", send))).toBe("ok");
  });
});

describe("participant.role", () => {
  it("grants below one's own rank; owners make owners", () => {
    const ledger = withCast();
    const set = (actorId: string, userId: string, role: "owner" | "admin" | "moderator" | "member"): string =>
      outcome(ledger.ask(actorId, { type: "participant.role", userId, role }));
    expect(set("mona", "mike", "member")).toBe("permission/denied");
    expect(set("adam", "mike", "moderator")).toBe("ok");
    expect(set("adam", "mike", "admin")).toBe("permission/denied");
    expect(set("adam", "mike", "owner")).toBe("permission/denied");
    expect(set("adam", "olga", "member")).toBe("permission/denied");
    expect(set("olga", "mike", "owner")).toBe("ok");
    expect(set("olga", "mike", "member")).toBe("same");
  });

  it("lets people step down, never up, and never the last owner", () => {
    const ledger = withCast();
    const own = (userId: string, role: "owner" | "admin" | "moderator" | "member"): string =>
      outcome(ledger.try(userId, { type: "participant.role", userId, role }));
    expect(own("adam", "owner")).toBe("permission/denied");
    expect(own("adam", "admin")).toBe("same");
    expect(own("adam", "moderator")).toBe("ok");
    expect(own("adam", "admin")).toBe("permission/denied");
    expect(own("olga", "member")).toBe("participant/last-owner");
    ledger.do("olga", { type: "participant.role", userId: "mike", role: "owner" });
    expect(own("olga", "member")).toBe("ok");
    expect(ledger.store.counts.owners).toBe(1);
  });

  it("keeps equals apart: one owner cannot demote another", () => {
    const ledger = withCast();
    ledger.do("olga", { type: "participant.role", userId: "mike", role: "owner" });
    expect(outcome(ledger.try("mike", { type: "participant.role", userId: "olga", role: "admin" }))).toBe(
      "permission/denied",
    );
  });

  it("does not lift a mute", () => {
    const ledger = withCast();
    ledger.do("mona", on("mike", "mute"));
    ledger.do("olga", { type: "participant.role", userId: "mike", role: "moderator" });
    expect(outcome(ledger.try("mike", send))).toBe("permission/muted");
  });
});

describe("participant.permissions", () => {
  it("narrows, and lifts again by leaving the record as it was", () => {
    const ledger = withCast();
    const set = { type: "participant.permissions", userId: "mike" } as const;
    const before = ledger.person("mike");
    expect(
      codes(ledger, [
        ["mona", { ...set, canSend: true }],
        ["mona", { ...set, canSend: false }],
        ["mona", { ...set, canSend: false }],
        ["mona", { ...set, canUpload: false }],
        ["mona", set],
      ]),
    ).toEqual(["same", "ok", "same", "ok", "same"]);
    expect(ledger.person("mike")).toMatchObject({ canSend: false, canUpload: false });
    ledger.do("mona", { ...set, canSend: true, canUpload: true });
    expect(ledger.person("mike")).toEqual({ ...before, rev: ledger.store.head.rev });
  });

  it("keeps who may not send from sending and editing, not from reacting", () => {
    const ledger = withCast();
    const messageId = ledger.say("mike");
    ledger.do("mona", { type: "participant.permissions", userId: "mike", canSend: false });
    expect(
      codes(ledger, [
        ["mike", send],
        ["mike", { type: "message.edit", messageId, content: { text: "other" } }],
        ["mike", { type: "message.react", messageId, emoji: "👍" }],
      ]),
    ).toEqual(["permission/denied", "permission/denied", "ok"]);
  });

  it("keeps who may not upload from sending files, not text", () => {
    const ledger = withCast();
    ledger.do("mona", { type: "participant.permissions", userId: "mike", canUpload: false });
    for (const kind of ["image", "video", "audio", "voice", "file"] as const) {
      expect(outcome(ledger.try("mike", { ...send, kind }))).toBe("permission/denied");
      expect(outcome(ledger.try("mary", { ...send, kind }))).toBe("ok");
    }
    expect(outcome(ledger.try("mike", send))).toBe("ok");
  });
});

describe("participant.notify", () => {
  it("is one's own affair", () => {
    const ledger = withCast();
    const quiet = { type: "participant.notify", notify: "none" } as const;
    expect(
      codes(ledger, [
        ["mike", quiet],
        ["mike", quiet],
      ]),
    ).toEqual(["ok", "same"]);
    expect(ledger.person("mike").notify).toBe("none");
    expect(ledger.person("mary")).not.toHaveProperty("notify");
  });
});

describe("a direct conversation", () => {
  it("keeps its two people as they are", () => {
    const ledger = withCast("direct");
    const commands: readonly BareCommand[] = [
      leave,
      ...(["add", "remove", "ban", "unban", "mute", "unmute"] as const).map((type) => on("adam", type)),
      on("new", "add"),
      { type: "participant.role", userId: "adam", role: "member" },
      { type: "participant.permissions", userId: "adam", canSend: false },
    ];
    for (const system of [false, true]) {
      for (const command of commands) {
        expect(outcome(ledger.try("olga", command, { system }))).toBe("permission/denied");
      }
    }
    expect(outcome(ledger.try("olga", { type: "participant.notify", notify: "all" }))).toBe("ok");
  });

  it("gives both the rights of an owner, but not over each other's words", () => {
    const ledger = withCast("direct");
    const messageId = ledger.say("olga");
    expect(
      codes(ledger, [
        ["adam", { type: "message.pin", messageId }],
        ["adam", { type: "conversation.update", name: "us" }],
        ["adam", { type: "message.delete", messageId }],
        ["olga", { type: "message.delete", messageId }],
      ]),
    ).toEqual(["ok", "ok", "permission/denied", "ok"]);
  });
});
