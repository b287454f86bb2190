import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BareCommand, READER } from "../../test/timeline/backend.ts";
import { createLab, expectCurrent, expectSound, type Lab } from "../../test/timeline/lab.ts";

const emojis = ["👍", "🎉"];

/** Something to do with a conversation as it is now. */
function deed({ backend }: Lab, what: number, which: number): BareCommand {
  const message = backend.messageAt((which % Math.max(1, backend.head.seq)) + 1);
  const messageId = message?.id ?? "";
  const emoji = emojis[which % emojis.length] ?? "";
  const content = { text: `text ${what} ${which}` };
  const deeds: readonly BareCommand[] = [
    { type: "message.edit", messageId, content },
    { type: "message.delete", messageId },
    { type: "message.react", messageId, emoji },
    { type: "message.unreact", messageId, emoji },
    { type: "message.pin", messageId },
    { type: "conversation.update", name: `name ${which}` },
    { type: "participant.leave" },
    { type: "participant.add", userId: which % 2 ? "bob" : "cyd" },
    { type: "receipt.mark", readSeq: which % (backend.head.seq + 1) },
  ];
  const say: BareCommand = { type: "message.send", kind: "text", content };
  // Every other deed says something.
  return (what % 2 === 1 ? deeds[(what >> 1) % deeds.length] : undefined) ?? say;
}

const others = ["bob", "cyd", "bob", "cyd", READER];

/** A step of a story; its numbers pick among what there is at that moment. */
type Step = (lab: Lab, many: number, more: number) => void;

/** What is asked is answered now, and arrives whenever it does. */
const steps: Readonly<Record<string, readonly [weight: number, step: Step]>> = {
  act: [
    12,
    (lab, what, which) => lab.act(others[(what + which) % others.length] ?? "", deed(lab, what, which)),
  ],
  deliver: [
    16,
    ({ inFlight }, which) => inFlight.splice(which % inFlight.length, 1).forEach((each) => each()),
  ],
  deliverAgain: [3, ({ inFlight }, which) => inFlight[which % inFlight.length]?.()],
  lose: [3, ({ inFlight }, which) => void inFlight.splice(which % inFlight.length, 1)],
  askChanges: [
    3,
    ({ replica, backend, inFlight }, which, style) => {
      const afterRev = replica.view.get().missing?.afterRev ?? which % backend.head.rev;
      const page = backend.changes(afterRev, 1 + (which % 6), style % 2 ? "log" : "compacted");
      inFlight.push(() => replica.acceptChanges(page, afterRev));
    },
  ],
  askHistory: [
    3,
    ({ replica, backend, inFlight }, which, place) => {
      const seq = which % (backend.head.seq + 2);
      const oldest = replica.known[0]?.from ?? seq;
      const places = [{}, { before: oldest }, { after: seq }, { around: seq }];
      const page = backend.history(places[place % places.length] ?? {}, 1 + (which % 5));
      inFlight.push(() => replica.acceptHistory(page));
    },
  ],
  askSummary: [
    1,
    ({ replica, backend, inFlight }, which) => {
      const summary = backend.summary();
      inFlight.push(() => {
        if (which % 4 === 0) replica.reset();
        replica.acceptSummary(summary);
      });
    },
  ],
  askParticipants: [
    1,
    ({ replica, backend, inFlight }) => {
      const items = backend.participants();
      const { rev } = replica.records.head;
      inFlight.push(() => replica.acceptParticipants(items, rev));
    },
  ],
  askHead: [
    1,
    ({ replica, backend, inFlight }) => {
      const { head } = backend;
      inFlight.push(() => replica.acceptHead(head));
    },
  ],
  give: [4, (lab, what, which) => void lab.give(deed(lab, what, which))],
  take: [4, (lab) => lab.take()],
  prune: [
    1,
    ({ backend }, which) => (which % 10 ? undefined : backend.prune(which % (backend.head.seq + 1))),
  ],
};

const name = fc.oneof(
  ...Object.entries(steps).map(([each, [weight]]) => ({ weight, arbitrary: fc.constant(each) })),
);
// By default fast-check keeps lists short, and short stories have no room for what goes wrong.
const story = fc.array(fc.tuple(name, fc.nat(1_000), fc.nat(1_000)), { maxLength: 80, size: "max" });

function tell(lab: Lab, told: readonly (readonly [string, number, number])[]): void {
  for (const [each, many, more] of told) {
    steps[each]?.[1](lab, many, more);
    expectSound(lab);
  }
}

const runs = { numRuns: 200 };
const PATIENCE_MS = 60_000;

describe("a replica", () => {
  it(
    "[D2, D3, D4, L1] shows what the backend has, whatever was lost, doubled, late or out of order (laws 1 and 2)",
    () => {
      const property = fc.property(story, (told) => {
        const lab = createLab();
        tell(lab, told);
        lab.repair();
        expectSound(lab);
        expectCurrent(lab);
        lab.loadAll();
        expectCurrent(lab);
        expect(lab.replica.view.get()).toMatchObject({ complete: true, hasOlder: false });
      });
      fc.assert(property, runs);
    },
    PATIENCE_MS,
  );

  it(
    "[D4, D9, L15] does so within its bound, too",
    () => {
      const property = fc.property(story, fc.integer({ min: 1, max: 6 }), (told, maxMessages) => {
        const lab = createLab({ maxMessages });
        tell(lab, told);
        lab.repair();
        expectSound(lab);
        expectCurrent(lab);
        const messages = [...lab.replica.view.get().items].filter(({ type }) => type === "message");
        expect(messages.length).toBeLessThanOrEqual(2 * maxMessages);
      });
      fc.assert(property, runs);
    },
    PATIENCE_MS,
  );
});
