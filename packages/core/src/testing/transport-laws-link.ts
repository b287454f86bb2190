import type { Link } from "../ports/transport.ts";
import { dial, type Dialled, newId, sending } from "./dialled.ts";
import { expectSame, expectThat, law, type Law, type LawGroup, type Waiting } from "./kit.ts";
import type { TransportBench } from "./transport-bench.ts";

/** What a law of the kit is checked on. */
export interface TransportTrial {
  readonly bench: TransportBench;
  readonly wait: Waiting;
}

type TransportLaw = Law<TransportTrial>;

/** Opens a link that must open. */
export async function enter({ bench, wait }: TransportTrial): Promise<Dialled & { readonly link: Link }> {
  const dialled = dial(bench);
  const link = heeded(await wait.settled(dialled.opened, "open should resolve"));
  return { ...dialled, link };
}

/** A law that fails leaves promises behind that nobody looks at any more. */
function heeded(link: Link): Link {
  const heed = <T>(promise: Promise<T>): Promise<T> => {
    promise.catch(() => {});
    return promise;
  };
  return {
    submit: (command) => heed(link.submit(command)),
    query: (query) => heed(link.query(query)),
    ping: () => heed(link.ping()),
    signal: (signal) => link.signal(signal),
    close: () => link.close(),
    ...(link.refresh && { refresh: (token) => heed(link.refresh?.(token) ?? Promise.resolve(undefined)) }),
  };
}

const opening: readonly TransportLaw[] = [
  law("[T1] delivers welcome first, and once, and then gives the link", async (trial) => {
    const { bench, wait } = trial;
    const { events, link } = await enter(trial);
    const [first] = events;
    expectThat(first?.type === "welcome", "welcome should have been delivered when open resolves");
    const { userId, epoch, heads } = first.welcome;
    expectThat(userId !== "" && epoch !== "", "welcome should name the user and the epoch");
    const known = heads.map(({ conversationId }) => conversationId);
    expectThat(known.includes(bench.conversationId), "welcome should carry the heads of conversations");
    await bench.backend.say("hello");
    await link.ping();
    await wait.quiet();
    expectSame(events.filter(({ type }) => type === "welcome").length, 1, "the number of welcomes");
  }),
  law("[T2] opens nothing when it was called off before", async ({ bench, wait }) => {
    const dialled = dial(bench, { isAborted: true });
    await wait.refused(dialled.opened, "open should reject when its signal is aborted already");
    await wait.quiet();
    expectSame(await bench.backend.links(), 0, "the number of links at the backend");
    expectSame([dialled.events.length, dialled.listeners], [0, 0], "events delivered, listeners left");
  }),
  law("[T2] stops opening when it is called off, and leaves nothing behind", async ({ bench, wait }) => {
    await bench.backend.hold();
    const dialled = dial(bench);
    await wait.quiet();
    dialled.abort();
    await wait.refused(dialled.opened, "open should reject when its signal is aborted meanwhile");
    await bench.backend.release();
    await wait.quiet();
    await wait.until(
      async () => (await bench.backend.links()) === 0,
      "the link should be gone at the backend",
    );
    expectSame([dialled.events.length, dialled.listeners], [0, 0], "events delivered, listeners left");
  }),
  law("[T2] does not listen to the signal any more once it is open", async (trial) => {
    const dialled = await enter(trial);
    expectSame(dialled.listeners, 0, "the number of listeners left on the signal");
    dialled.abort();
    await trial.wait.quiet();
    await trial.wait.settled(dialled.link.ping(), "the link should live on");
    expectSame(dialled.closed(), [], "what was told of its end");
  }),
  law("[T3] makes a link of its own each time", async (trial) => {
    const { bench, wait } = trial;
    const [one, other] = [await enter(trial), await enter(trial)];
    expectSame(await bench.backend.links(), 2, "the number of links at the backend");
    one.link.close();
    await wait.until(async () => (await bench.backend.links()) === 1, "one link should be left");
    await bench.backend.say("still here");
    await wait.until(() => other.said().includes("still here"), "the other link should hear on");
    expectSame([one.said(), other.closed()], [[], []], "what the closed one heard, and the other's end");
  }),
];

const asking: readonly TransportLaw[] = [
  law("[T4] submits a command once, and resolves with its ack", async (trial) => {
    const { conversationId } = trial.bench;
    const { link } = await enter(trial);
    const command = sending(conversationId, "once");
    const ack = await trial.wait.settled(link.submit(command), "a submit should be answered");
    expectSame(ack.commandId, command.commandId, "the id of the acked command");
    const records = ack.changes.map(({ record }) => record);
    const history = await link.query({ type: "history", conversationId, limit: 10 });
    expectSame(history.messages, records, "the messages of the conversation");
    expectSame(history.messages[0]?.id, command.commandId, "the id of the message");
  }),
  law("[T4] resolves nothing before the backend has answered", async (trial) => {
    const { bench, wait } = trial;
    const { link } = await enter(trial);
    const { conversationId } = bench;
    await bench.backend.hold();
    const early: string[] = [];
    const asked = [
      link.submit(sending(conversationId, "patience")).then(() => early.push("submit")),
      link.query({ type: "conversation", conversationId }).then(() => early.push("query")),
      link.ping().then(() => early.push("ping")),
    ];
    for (const each of asked) each.catch(() => {});
    await wait.quiet();
    expectSame(early, [], "what was answered by nobody");
    await bench.backend.release();
    await wait.settled(Promise.all(asked), "all should be answered");
  }),
  law("[T5] gives each answer to who asked", async (trial) => {
    const { conversationId } = trial.bench;
    const { link } = await enter(trial);
    await trial.bench.backend.say("something to find");
    const within = { conversationId, limit: 10 } as const;
    const command = sending(conversationId, "among others");
    const [history, ack, changes, summary, people] = await trial.wait.settled(
      Promise.all([
        link.query({ type: "history", ...within }),
        link.submit(command),
        link.query({ type: "changes", afterRev: 0, ...within }),
        link.query({ type: "conversation", conversationId }),
        link.query({ type: "participants", ...within }),
      ]),
      "all that is asked at once should be answered",
    );
    expectThat(history.messages.length > 0, "a history should have its messages");
    expectSame(ack.commandId, command.commandId, "the id of the acked command");
    expectThat(changes.records.length > 0 && changes.upTo > 0, "changes should have their records");
    expectSame(summary.conversation.conversationId, conversationId, "the id of the conversation");
    expectThat(people.items.length >= 2, "participants should be listed");
  }),
  law("[T6] rejects with the code of a final refusal, and goes on", async (trial) => {
    const { link } = await enter(trial);
    const conversationId = newId();
    const asked = [
      link.submit(sending(conversationId, "to nobody")),
      link.query({ type: "conversation", conversationId }),
    ];
    for (const each of asked) {
      const error = await trial.wait.refused(each, "what is about an unknown conversation should be refused");
      expectSame([error.code, error.retryable], ["conversation/not-found", false], "code and retryable");
    }
    await trial.wait.settled(link.submit(sending(trial.bench.conversationId, "next")), "the next should go");
  }),
  law("[T6] rejects with the code and the time of a refusal for now, and takes it again", async (trial) => {
    const { bench, wait } = trial;
    const { link } = await enter(trial);
    const command = sending(bench.conversationId, "later");
    const { code, retryAfterMs } = await bench.backend.refuseNext();
    const error = await wait.refused(link.submit(command), "a refused submit should reject");
    expectSame([error.code, error.retryable], [code, true], "code and retryable");
    expectSame(error.retryAfterMs, retryAfterMs, "retryAfterMs");
    await wait.settled(link.submit(command), "the same command should be taken later");
    const { messages } = await link.query({
      type: "history",
      conversationId: bench.conversationId,
      limit: 10,
    });
    expectSame(messages.map(({ id }) => id), [command.commandId], "the messages"); // prettier-ignore
  }),
];

const hearing: readonly TransportLaw[] = [
  law("[T7] delivers what is pushed, in its order, each once, as it is", async (trial) => {
    const { bench, wait } = trial;
    const { conversationId } = bench;
    const heard = await enter(trial);
    const texts = Array.from({ length: 30 }, (_, index) => `text ${index}`);
    for (const text of texts) await bench.backend.say(text);
    await wait.until(() => heard.said().length >= texts.length, "everything said should be heard");
    await wait.quiet();
    expectSame(heard.said(), texts, "what was heard");
    const { messages } = await heard.link.query({ type: "history", conversationId, limit: texts.length });
    const changes = heard.changes().filter(({ kind }) => kind === "message.send");
    expectSame(changes.map(({ record }) => record), messages, "the records heard"); // prettier-ignore
    const places = changes.map((change) => [change.conversationId, change.rev]);
    const wanted = messages.map(({ rev }) => [conversationId, rev]);
    expectSame(places, wanted, "the conversations and revisions of the changes");
  }),
  law("[T8] has told what had been committed, by change or head, when a ping resolves", async (trial) => {
    const { bench, wait } = trial;
    const { conversationId } = bench;
    const { link, events } = await enter(trial);
    for (let round = 0; round < 5; round += 1) {
      await bench.backend.say(`round ${round}`);
      await wait.settled(link.ping(), "a ping should be answered");
      const told = events.flatMap((event) => {
        if (event.type === "change") return [event.change.rev];
        if (event.type !== "heads") return [];
        return event.heads.filter((head) => head.conversationId === conversationId).map(({ rev }) => rev);
      });
      const { head } = await link.query({ type: "conversation", conversationId });
      expectSame(Math.max(0, ...told), head.rev, "the highest revision told");
    }
  }),
];

export const linkLaws: readonly LawGroup<TransportTrial>[] = [
  { title: "opening", laws: opening },
  { title: "asking", laws: asking },
  { title: "hearing", laws: hearing },
];
