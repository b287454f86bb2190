import type { Link } from "../ports/transport.ts";
import type { Command } from "../protocol/commands.ts";
import { newId, sending, textOf } from "./dialled.ts";
import { expectSame, expectThat, law, type Law } from "./kit.ts";
import { enter, type TransportTrial } from "./transport-laws-link.ts";

type TransportLaw = Law<TransportTrial>;

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

async function textsOf(link: Link, conversationId: string): Promise<readonly string[]> {
  const { messages } = await link.query({ type: "history", conversationId, limit: 100 });
  return messages.flatMap(textOf);
}

/** Submits all at once, those refused for now again, until none is left. */
async function submitAll(
  link: Link,
  commands: readonly Command[],
  { wait }: TransportTrial,
): Promise<number> {
  let rounds = 0;
  for (let left = commands; left.length > 0; rounds += 1) {
    expectThat(rounds < 10, "submits should get through at last");
    const results = Promise.allSettled(left.map((command) => link.submit(command)));
    const settled = await wait.settled(results, "submits should be answered");
    left = left.filter((_, index) => settled[index]?.status === "rejected");
  }
  return rounds;
}

export const pipeliningLaws: readonly TransportLaw[] = [
  law("[T15] lets submits take effect in the order given, without waiting for answers", async (trial) => {
    const { conversationId } = trial.bench;
    const { link } = await enter(trial);
    const texts = numbers(20);
    expectSame(await submitAll(link, texts.map((text) => sending(conversationId, text)), trial), 1, "rounds"); // prettier-ignore
    expectSame(await textsOf(link, conversationId), texts, "the messages, in order");
  }),
  law("[T15] refuses what comes behind a refusal for now, and keeps the order afterwards", async (trial) => {
    const { conversationId } = trial.bench;
    const { link } = await enter(trial);
    const texts = numbers(6);
    await trial.bench.backend.refuseNext();
    const rounds = await submitAll(link, texts.map((text) => sending(conversationId, text)), trial); // prettier-ignore
    expectThat(rounds > 1, "something should have been refused");
    expectSame(await textsOf(link, conversationId), texts, "the messages, in order");
  }),
];

export const singleFileLaws: readonly TransportLaw[] = [
  law("[T15] keeps the order of submits that wait for each other", async (trial) => {
    const { conversationId } = trial.bench;
    const { link } = await enter(trial);
    const texts = numbers(10);
    for (const text of texts) {
      await trial.wait.settled(link.submit(sending(conversationId, text)), "a submit should be answered");
    }
    expectSame(await textsOf(link, conversationId), texts, "the messages, in order");
  }),
];

export const signalLaws: readonly TransportLaw[] = [
  law("[T16] carries the signals of others in what it watches", async (trial) => {
    const { bench, wait } = trial;
    const { conversationId } = bench;
    const { link, events } = await enter(trial);
    link.signal({ type: "watch", conversationIds: [conversationId] });
    await link.ping();
    expectThat(bench.backend.type !== undefined, "a backend with signals needs `type`");
    await bench.backend.type();
    const typing = (): unknown[] =>
      events.flatMap((event) => {
        if (event.type !== "signal" || event.signal.type !== "typing") return [];
        const { active, conversationId: where } = event.signal;
        return [[active, where]];
      });
    await wait.until(() => typing().length > 0, "typing should be heard");
    expectSame(typing()[0], [true, conversationId], "what was heard");
  }),
];

export const silentLaws: readonly TransportLaw[] = [
  law("[T16] leaves signals out, without harm", async (trial) => {
    const { bench, wait } = trial;
    const { conversationId } = bench;
    const { link, events } = await enter(trial);
    link.signal({ type: "watch", conversationIds: [conversationId] });
    link.signal({ type: "typing", conversationId, active: true });
    link.signal({ type: "presence", status: "away" });
    await wait.settled(link.ping(), "the link should live on");
    await bench.backend.type?.();
    await wait.quiet();
    expectSame(events.filter(({ type }) => type === "signal" || type === "closed"), [], "signals and ends"); // prettier-ignore
  }),
];

export const receiptLaws: readonly TransportLaw[] = [
  law("[T17] carries the receipts of others", async (trial) => {
    const { bench, wait } = trial;
    const { conversationId } = bench;
    const { link, events } = await enter(trial);
    await link.submit(sending(conversationId, "read me"));
    expectThat(bench.backend.read !== undefined, "a backend with receipts needs `read`");
    await bench.backend.read();
    const receipts = (): unknown[] =>
      events.flatMap((event) =>
        event.type === "receipt" ? [[event.receipt.conversationId, event.receipt.readSeq]] : [],
      );
    await wait.until(() => receipts().length > 0, "a receipt should be heard");
    expectSame(receipts().at(-1), [conversationId, 1], "where, and how far, somebody has read");
  }),
];

export const receiptlessLaws: readonly TransportLaw[] = [
  law("[T17] leaves the receipts of others out, and answers one's own", async (trial) => {
    const { bench, wait } = trial;
    const { conversationId } = bench;
    const { link, events } = await enter(trial);
    await link.submit(sending(conversationId, "read me"));
    await bench.backend.read?.();
    const mark = { type: "receipt.mark", commandId: newId(), conversationId, at: 0, readSeq: 1 } as const;
    const answered = link.submit(mark).then(
      () => true,
      () => true,
    );
    await wait.settled(answered, "marking should be answered");
    await wait.quiet();
    expectSame(events.filter(({ type }) => type === "receipt"), [], "receipts heard"); // prettier-ignore
  }),
];

export const searchLaws: readonly TransportLaw[] = [
  law("[T20] finds what was said, by whomever, and whatever else the filters ask for", async (trial) => {
    const { bench, wait } = trial;
    const { conversationId } = bench;
    const { link, events } = await enter(trial);
    const command = sending(conversationId, "Crème brûlée");
    await link.submit(command);
    await bench.backend.say("no cream here");
    await wait.until(() => events.some(({ type }) => type === "change"), "a change should be heard");
    const asked = link.query({ type: "search", conversationId, text: "creme bru", limit: 10 });
    const { items } = await wait.settled(asked, "a search should be answered");
    expectSame(items.map(({ message }) => message.id), [command.commandId], "the messages found"); // prettier-ignore
    expectSame(items[0]?.highlights, [{ start: 0, end: 5 }, { start: 6, end: 12 }], "what is highlighted"); // prettier-ignore
  }),
];

export const searchlessLaws: readonly TransportLaw[] = [
  law("[T20] refuses a search with `command/unsupported`, and the link goes on", async (trial) => {
    const { conversationId } = trial.bench;
    const { link } = await enter(trial);
    const asked = link.query({ type: "search", conversationId, text: "x", limit: 10 });
    const { code } = await trial.wait.refused(asked, "a search should be refused");
    expectSame(code, "command/unsupported", "why");
    await trial.wait.settled(link.ping(), "the link should live on");
  }),
];
