import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryCommand, arbitraryRecords, people } from "../../test/arbitrary.ts";
import {
  type BareCommand,
  complete,
  CONVERSATION,
  createLedger,
  type Ledger,
  mint,
} from "../../test/ledger.ts";
import { isErrorCode } from "../errors/codes.ts";
import { freezeDeep } from "../memory/freeze.ts";
import { change } from "../protocol/changes.ts";
import { command as commandSchema } from "../protocol/commands.ts";
import { defaultPolicy } from "../protocol/policy.ts";
import { receipt as receiptSchema } from "../protocol/receipts.ts";
import type { ParticipantRecord, Role } from "../protocol/records.ts";
import { apply } from "./apply.ts";
import type { Accepted, ApplyContext, Records } from "./types.ts";

const limits = { ...defaultPolicy.limits, textLength: 10, members: 5, invitations: 3, pins: 2 };
const ids = [mint(), mint(), mint()];

const context: fc.Arbitrary<ApplyContext> = fc.record({
  actorId: fc.constantFrom(...people),
  at: fc.nat(3_000),
  limits: fc.constant(limits),
  system: fc.boolean(),
});

/** The same answers, but whatever they hand out is frozen: a rule that changed it would throw. */
function frozen(records: Records): Records {
  return {
    head: freezeDeep(records.head),
    conversation: freezeDeep(records.conversation),
    counts: freezeDeep(records.counts),
    participant: (userId) => freezeDeep(records.participant(userId)),
    message: (messageId) => freezeDeep(records.message(messageId)),
    receipt: (userId) => freezeDeep(records.receipt(userId)),
    note: (noteId) => freezeDeep(records.note(noteId)),
    hasReacted: (...fact) => records.hasReacted(...fact),
  };
}

function expectSound({ head }: Records, { changes, receipt }: Accepted): void {
  changes.forEach((each, index) => {
    expect(change.safeParse(each)).toMatchObject({ success: true });
    expect([each.rev, each.record.rev]).toEqual([head.rev + 1 + index, head.rev + 1 + index]);
    expect(each.record.conversationId).toBe(CONVERSATION);
  });
  if (!receipt) return;
  expect(receiptSchema.safeParse(receipt)).toMatchObject({ success: true });
  expect(receipt.readSeq).toBeLessThanOrEqual(receipt.deliveredSeq);
}

// Thousands of runs: on a machine busy with other tests they take longer than the five seconds tests are given.
const patience = { timeout: 60_000 };

describe("apply, on any command and any records", patience, () => {
  it("answers, the same twice, soundly, and changes nothing it was given", () => {
    let accepted = 0;
    fc.assert(
      fc.property(arbitraryRecords(ids), arbitraryCommand(ids), context, (records, bare, asked) => {
        const command = freezeDeep(complete(bare));
        expect(commandSchema.safeParse(command)).toMatchObject({ success: true });
        const given = frozen(records);
        const applied = apply(given, command, freezeDeep(asked));
        expect(apply(given, command, asked)).toEqual(applied);
        if (applied.ok) {
          accepted += 1;
          expectSound(given, applied);
        } else {
          expect(isErrorCode(applied.code)).toBe(true);
          expect(applied.message).toMatch(/^unable to \S+ \S+; \S/);
        }
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(200); // or the property would have looked at refusals only
  });
});

const rank: { readonly [R in Role]: number } = { member: 0, moderator: 1, admin: 2, owner: 3 };

function rankOf(participant: ParticipantRecord | undefined): number {
  const isIn = participant?.status === "active" || participant?.status === "muted";
  return participant && isIn ? rank[participant.role] : -1;
}

interface Step {
  readonly actor: number;
  readonly system: boolean;
  readonly bare: BareCommand;
}

/** Lives of a conversation: commands name the messages of earlier ones by their place. */
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    actor: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(people.length - 1)),
    system: fc.oneof({ weight: 20, arbitrary: fc.constant(false) }, fc.constant(true)),
    bare: arbitraryCommand(ids),
  }),
  { minLength: 10, maxLength: 60, size: "max" },
);

/** Plays `life`, with `check` before each step is committed. Messages take the few ids in turn. */
function play(
  life: readonly Step[],
  check: (ledger: Ledger, step: Step, actorId: string, accepted: Accepted) => void,
): Ledger {
  const ledger = createLedger();
  const kinds = ["group", "community", "direct"] as const;
  const kind = kinds[life.length % 3] ?? "group";
  const others = [{ userId: "mona", role: "moderator" }, { userId: "mike" }] as const;
  const participants = [{ userId: "adam", role: "admin" } as const, ...(kind === "direct" ? [] : others)];
  ledger.do("olga", { type: "conversation.create", kind, participants });
  life.forEach((step, index) => {
    const actorId = people[step.actor] ?? "olga";
    ledger.now = index * 50;
    const sent = ids[ledger.store.head.seq];
    const command = {
      ...complete(step.bare),
      ...(sent && step.bare.type === "message.send" && { commandId: sent }),
    };
    const asked = { actorId, at: ledger.now, limits, system: step.system };
    const applied = freezeDeep(apply(ledger.store, freezeDeep(command), asked));
    if (!applied.ok) return;
    check(ledger, step, actorId, applied);
    ledger.store.commit(applied);
    const again = apply(ledger.store, command, asked);
    expect(again.ok ? again.changes : []).toEqual([]);
  });
  return ledger;
}

describe("apply, over the life of a conversation", patience, () => {
  it("[D2] a command applied again changes nothing", () => {
    let changed = 0;
    fc.assert(
      fc.property(steps, (life) => {
        play(life, (_ledger, _step, _actorId, { changes }) => void (changed += changes.length));
      }),
      { numRuns: 300 },
    );
    expect(changed).toBeGreaterThan(300);
  });

  it("[D3] revisions and sequences are dense, in the order of commits", () => {
    fc.assert(
      fc.property(steps, (life) => {
        const seqs: number[] = [];
        const ledger = play(life, ({ store }, { bare }, _actorId, { changes }) => {
          expect(changes.map(({ rev }) => rev)).toEqual(
            changes.map((_, index) => store.head.rev + 1 + index),
          );
          for (const { record } of changes) {
            if (bare.type === "message.send" && record.type === "message") seqs.push(record.seq);
          }
        });
        expect(seqs).toEqual(seqs.map((_, index) => index + 1));
        expect(ledger.store.head.seq).toBe(seqs.length);
      }),
      { numRuns: 300 },
    );
  });

  it("nobody gains rank but from someone above, and no conversation loses its last owner", () => {
    let raised = 0;
    fc.assert(
      fc.property(steps, (life) => {
        const ledger = play(life, ({ store }, { system }, actorId, { changes }) => {
          for (const { record } of changes) {
            if (record.type !== "participant" || system) continue;
            const before = rankOf(store.participant(record.userId));
            if (rankOf(record) <= Math.max(before, 0)) continue;
            raised += 1;
            const giver = rankOf(store.participant(actorId));
            expect(record.userId).not.toBe(actorId);
            expect(giver === rank.owner || giver > rankOf(record)).toBe(true);
            expect(giver).toBeGreaterThan(before);
          }
        });
        const { conversation, counts } = ledger.store;
        const everyone = [...ledger.store.participants()];
        expect(everyone.filter((each) => rankOf(each) === rank.owner)).toHaveLength(counts.owners);
        expect(everyone.filter((each) => rankOf(each) >= 0)).toHaveLength(counts.members);
        expect(counts.owners).toBeGreaterThan(0);
        if (conversation?.kind === "direct") expect(everyone.map(rankOf)).toEqual([rank.owner, rank.owner]);
      }),
      { numRuns: 300 },
    );
    expect(raised).toBeGreaterThan(20);
  });

  it("counts of reactions and pins are those of the facts, and tombstones are empty", () => {
    fc.assert(
      fc.property(steps, (life) => {
        const { store } = play(life, () => {});
        const messages = ids.flatMap((id) => store.message(id) ?? []);
        for (const message of messages) {
          for (const { emoji, count, userIds } of message.reactions) {
            const who = [...store.reactors(message.id, emoji)];
            expect(who).toHaveLength(count);
            expect(who).toEqual(expect.arrayContaining([...userIds]));
          }
          if (message.deletedAt === undefined) continue;
          expect(message).toMatchObject({ content: { text: "" }, reactions: [] });
          expect(message).not.toHaveProperty("pinnedAt");
          expect(message).not.toHaveProperty("custom");
        }
        expect(messages.filter(({ pinnedAt }) => pinnedAt !== undefined)).toHaveLength(store.counts.pins);
        expect(store.counts.pins).toBeLessThanOrEqual(limits.pins);
      }),
      { numRuns: 300 },
    );
  });
});
