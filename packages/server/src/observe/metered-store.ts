import type { ErrorCode } from "@tidings/core/errors";
import type { Outcome, Store } from "../store/store.ts";
import type { Meter } from "./meter.ts";

const UNAVAILABLE: ErrorCode = "server/unavailable";

/** All of a store, so that none of it is lost on the way through. */
type Whole = { readonly [Name in keyof Required<Store>]: Store[Name] };

/** The same store, with what it is asked and answers measured. */
export function meteredStore(store: Store, meter: Meter): Store {
  /** Of a store that fails everybody concerned is told so. */
  const told = async <Result>(concerned: number, ask: () => Promise<Result>): Promise<Result> => {
    try {
      return await ask();
    } catch (error) {
      meter.add("reject", UNAVAILABLE, concerned);
      throw error;
    }
  };
  const timed = async <Result>(type: string, ask: () => Promise<Result>): Promise<Result> => {
    const startedAt = performance.now();
    const result = await told(1, ask);
    meter.observe("query", (performance.now() - startedAt) / 1_000, type);
    return result;
  };
  const blocks = store.blocks?.bind(store);
  const peopleOf = store.peopleOf?.bind(store);
  const whole: Whole = {
    epoch: store.epoch,
    commitsAtOnce: store.commitsAtOnce,
    upkeep: store.upkeep,
    erasures: store.erasures,
    audit: store.audit,
    plans: store.plans,
    figures: store.figures,
    files: store.files,
    push: store.push,
    cases: store.cases,
    archive: store.archive,
    previews: store.previews,
    async commit(items, admit) {
      const startedAt = performance.now();
      const outcomes = await told(items.length, () => store.commit(items, admit));
      meter.observe("commit", (performance.now() - startedAt) / 1_000);
      meter.observe("commitSize", items.length);
      items.forEach(({ command, context }, index) => {
        const outcome = outcomes[index];
        if (outcome) count(outcome, command.type === "message.send", meter);
        if (!context.system) meter.since("ack", context.at);
      });
      return outcomes;
    },
    async query(readerId, query) {
      const answer = await timed(query.type, () => store.query(readerId, query));
      if (!answer.ok) meter.add("reject", answer.code);
      return answer;
    },
    memberships: (userId) => timed("memberships", () => store.memberships(userId)),
    blocks: blocks && ((userId) => timed("blocks", () => blocks(userId))),
    peopleOf: peopleOf && ((conversationId) => timed("people", () => peopleOf(conversationId))),
    wasIn: (conversationId, userId) => store.wasIn(conversationId, userId),
    forgetAnswers: (before) => store.forgetAnswers(before),
    heard: (changes) => store.heard?.(changes),
    close: () => store.close(),
  };
  return whole;
}

function count(outcome: Outcome, isMessage: boolean, meter: Meter): void {
  if (!outcome.ok) {
    meter.add("command", "refused");
    return meter.add("reject", outcome.code);
  }
  meter.add("command", outcome.isKnown ? "repeated" : "accepted");
  if (isMessage && !outcome.isKnown) meter.add("message");
}
