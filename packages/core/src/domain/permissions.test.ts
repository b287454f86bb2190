import { describe, expect, it } from "vitest";
import { type BareCommand, createLedger, type Ledger, outcome } from "../../test/ledger.ts";
import type { Role } from "../protocol/records.ts";
import { type Action, leastRole, may, mayGrant, outranks } from "./permissions.ts";

const roles = ["member", "moderator", "admin", "owner"] as const;

/** Written by hand, from what people expect of these roles, not from the table. `+` may, `-` may not; as in `roles`. */
const expected: { readonly [Name in Action]: string } = {
  "message.send": "++++",
  "message.edit": "++++",
  "message.delete": "++++",
  "message.react": "++++",
  "message.unreact": "++++",
  "receipt.mark": "++++",
  "poll.vote": "++++",
  "poll.close": "++++",
  "participant.join": "++++",
  "participant.leave": "++++",
  "participant.notify": "++++",
  "message.pin": "-+++",
  "message.unpin": "-+++",
  "message.announce": "-+++",
  "message.delete-any": "-+++",
  "message.write-muted": "-+++",
  "participant.add": "-+++",
  "participant.remove": "-+++",
  "participant.ban": "-+++",
  "participant.unban": "-+++",
  "participant.mute": "-+++",
  "participant.unmute": "-+++",
  "participant.permissions": "-+++",
  "participant.role": "--++",
  "conversation.update": "--++",
  "conversation.status": "--++",
  "conversation.delete": "---+",
  "conversation.retain": "---+",
};

const actions = Object.keys(expected).filter((name): name is Action => name in leastRole);

/** Someone of each role in one conversation ("an owner" …), two of each, and a message and a poll by each of the first. */
function ledgerOfRoles(): {
  ledger: Ledger;
  messageOf: (role: Role) => string;
  pollOf: (role: Role) => string;
} {
  const ledger = createLedger();
  const participants = roles.flatMap((role) => [
    { userId: role, role },
    { userId: `other ${role}`, role },
  ]);
  ledger.do("founder", { type: "conversation.create", kind: "group", participants });
  const messages = new Map(roles.map((role) => [role, ledger.say(role)]));
  const content = { text: "which?", poll: { options: ["a", "b"] } };
  const polls = new Map(
    roles.map((role) => [role, ledger.do(role, { type: "message.send", kind: "poll", content })]),
  );
  return {
    ledger,
    messageOf: (role) => messages.get(role) ?? "",
    pollOf: (role) => polls.get(role)?.changes[0]?.commandId ?? "",
  };
}

/** What someone of `role` does for the table to decide: to a newcomer of the lowest rank, or to their own message. */
function attempt(action: Action, role: Role): string {
  const { ledger, messageOf, pollOf } = ledgerOfRoles();
  const own = { messageId: messageOf(role) };
  ledger.do("founder", { type: "participant.add", userId: "newcomer" });
  const text = { kind: "text", content: { text: "other" } } as const;
  const commands: { readonly [Name in Action]: BareCommand } = {
    "message.send": { type: "message.send", ...text },
    "message.edit": { type: "message.edit", ...own, content: text.content },
    "message.delete": { type: "message.delete", ...own },
    "message.react": { type: "message.react", ...own, emoji: "👍" },
    "message.unreact": { type: "message.unreact", ...own, emoji: "👍" },
    "message.pin": { type: "message.pin", ...own },
    "message.unpin": { type: "message.unpin", ...own },
    "message.announce": { type: "message.send", ...text, kind: "announcement" },
    "message.delete-any": {
      type: "message.delete",
      messageId: messageOf(role === "owner" ? "admin" : "owner"),
    },
    "message.write-muted": { type: "message.send", ...text },
    "poll.vote": { type: "poll.vote", messageId: pollOf(role), choices: [0] },
    "poll.close": { type: "poll.close", messageId: pollOf(role) },
    "receipt.mark": { type: "receipt.mark", readSeq: 1 },
    "conversation.update": { type: "conversation.update", name: "Plans" },
    "conversation.status": { type: "conversation.status", status: "archived" },
    "conversation.delete": { type: "conversation.status", status: "deleted" },
    "conversation.retain": {
      ...{ type: "conversation.update" },
      settings: { typing: true, receipts: true, retention: { maxMessages: 9 } },
    },
    "participant.join": { type: "participant.join" },
    "participant.leave": { type: "participant.leave" },
    "participant.notify": { type: "participant.notify", notify: "none" },
    "participant.add": { type: "participant.add", userId: "another" },
    "participant.remove": { type: "participant.remove", userId: "newcomer" },
    "participant.ban": { type: "participant.ban", userId: "newcomer" },
    "participant.unban": { type: "participant.unban", userId: "newcomer" },
    "participant.mute": { type: "participant.mute", userId: "newcomer" },
    "participant.unmute": { type: "participant.unmute", userId: "newcomer" },
    "participant.permissions": { type: "participant.permissions", userId: "newcomer", canSend: false },
    "participant.role": { type: "participant.role", userId: "newcomer", role: "moderator" },
  };
  if (action === "message.write-muted")
    ledger.do("founder", { type: "conversation.status", status: "muted" });
  return outcome(ledger.try(role, commands[action]));
}

describe("the permission table", () => {
  it("has a line for every action there is", () => {
    expect(Object.keys(leastRole).sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(actions)("%s is for whom people expect, and apply obeys", (action) => {
    const said = roles.map((role) => (may(role, action) ? "+" : "-")).join("");
    expect(said).toBe(expected[action]);
    const refusals = new Set(["permission/denied", "permission/muted"]);
    // A member cannot act on the newcomer for two reasons, rank being the other; `may` alone is asked above.
    const done = roles.map((role) => (refusals.has(attempt(action, role)) ? "-" : "+")).join("");
    expect(done).toBe(expected[action]);
  });
});

const onOthers = ["remove", "ban", "mute", "unmute", "unban"] as const;

describe("rank", () => {
  /** Rows: who acts; columns: on whom, both as in `roles`. */
  const lower = { member: "----", moderator: "+---", admin: "++--", owner: "+++-" } as const;

  it.each(roles)("a %s acts on those below, whatever the action", (role) => {
    const { ledger } = ledgerOfRoles();
    for (const verb of onOthers) {
      const done = roles.map((other) => {
        const command = { type: `participant.${verb}`, userId: `other ${other}` } as const;
        return outcome(ledger.ask(role, command)) === "permission/denied" ? "-" : "+";
      });
      expect([verb, done.join("")]).toEqual([verb, lower[role]]);
    }
    expect(roles.map((other) => (outranks(role, other) ? "+" : "-")).join("")).toBe(lower[role]);
  });

  /** What role each may give to someone below. */
  const grants = { member: "----", moderator: "+---", admin: "++--", owner: "++++" } as const;

  it.each(roles)("a %s grants what is below; an owner all", (role) => {
    expect(roles.map((granted) => (mayGrant(role, granted) ? "+" : "-")).join("")).toBe(
      role === "member" ? "----" : grants[role],
    );
  });

  it.each(roles.flatMap((actor) => roles.flatMap((from) => roles.map((to) => [actor, from, to] as const))))(
    "a %s makes another %s a %s only from above, and only below",
    (actor, from, to) => {
      const { ledger } = ledgerOfRoles();
      const applied = ledger.ask(actor, { type: "participant.role", userId: `other ${from}`, role: to });
      const index = { member: 0, moderator: 1, admin: 2, owner: 3 } as const;
      const mayAct = (actor === "admin" || actor === "owner") && index[actor] > index[from];
      const isAllowed = mayAct && (from === to || grants[actor][index[to]] === "+");
      expect(outcome(applied)).toBe(isAllowed ? (from === to ? "same" : "ok") : "permission/denied");
    },
  );
});
