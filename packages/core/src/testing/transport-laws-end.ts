import { MessagingError } from "../errors/messaging-error.ts";
import type { Link } from "../ports/transport.ts";
import { dial, sending } from "./dialled.ts";
import { expectSame, expectThat, law, type Law, type LawGroup } from "./kit.ts";
import { enter, type TransportTrial } from "./transport-laws-link.ts";

type TransportLaw = Law<TransportTrial>;

/** One of everything a link can be asked. */
function askAll(link: Link, { bench }: TransportTrial): readonly Promise<unknown>[] {
  const { conversationId, token = "" } = bench;
  const refresh = link.refresh?.(token);
  return [
    link.submit(sending(conversationId, "into the void")),
    link.query({ type: "conversation", conversationId }),
    link.ping(),
    ...(refresh ? [refresh] : []),
  ];
}

async function expectLost(asked: readonly Promise<unknown>[], { wait }: TransportTrial): Promise<void> {
  for (const each of asked) each.catch(() => {});
  for (const each of asked) {
    const error = await wait.refused(each, "what a link did not answer should reject when it ends");
    expectSame([error.code, error.retryable], ["connection/lost", true], "code and retryable");
  }
}

const ending: readonly TransportLaw[] = [
  law("[T9] tells closed once, and last, after close(), and the backend loses the link", async (trial) => {
    const { bench, wait } = trial;
    const dialled = await enter(trial);
    dialled.link.close();
    await wait.until(() => dialled.closed().length > 0, "closed should be told after close()");
    await wait.until(
      async () => (await bench.backend.links()) === 0,
      "the link should be gone at the backend",
    );
    dialled.link.close();
    await bench.backend.say("to nobody");
    await wait.quiet();
    expectSame(dialled.closed().length, 1, "how often closed was told");
    expectSame(dialled.events.at(-1)?.type, "closed", "the last event");
  }),
  law("[T10] rejects what waits with connection/lost when it ends, and tells nothing more", async (trial) => {
    const { bench, wait } = trial;
    const dialled = await enter(trial);
    await bench.backend.hold();
    const asked = askAll(dialled.link, trial);
    for (const each of asked) each.catch(() => {});
    await wait.quiet();
    dialled.link.close();
    await expectLost(asked, trial);
    await bench.backend.release();
    await wait.quiet();
    expectSame(dialled.events.at(-1)?.type, "closed", "the last event");
  }),
  law("[T11] rejects with connection/lost whatever is asked after it ended", async (trial) => {
    const { wait } = trial;
    const { link, closed } = await enter(trial);
    link.close();
    await expectLost(askAll(link, trial), trial);
    await wait.until(() => closed().length > 0, "closed should be told after close()");
    await expectLost(askAll(link, trial), trial);
    link.signal({ type: "presence", status: "online" });
  }),
  law("[T12] tells closed once, to come back from, when the network breaks", async (trial) => {
    const { bench, wait } = trial;
    const dialled = await enter(trial);
    await bench.backend.hold();
    const asked = askAll(dialled.link, trial);
    for (const each of asked) each.catch(() => {});
    await wait.quiet();
    await bench.backend.cut();
    await wait.until(() => dialled.closed().length > 0, "closed should be told when the network breaks");
    await expectLost(asked, trial);
    await bench.backend.release();
    await wait.quiet();
    const reasons = dialled
      .closed()
      .map(({ code, retryable, retryAfterMs }) => [code, retryable, retryAfterMs]);
    expectSame(reasons, [["connection/lost", true, undefined]], "the reasons told");
    expectSame(dialled.events.at(-1)?.type, "closed", "the last event");
  }),
];

export const endLaws: LawGroup<TransportTrial> = { title: "ending", laws: ending };

export const garbleLaws: LawGroup<TransportTrial> = {
  title: "garbage",
  laws: [
    law("[T19] takes an answer that nobody can read for none, and never for a refusal", async (trial) => {
      const { bench, wait } = trial;
      const { link, closed } = await enter(trial);
      expectThat(bench.backend.garbleNext !== undefined, "garbling needs `garbleNext`");
      const command = sending(bench.conversationId, "unheard");
      await bench.backend.garbleNext();
      const error = await wait.refused(
        link.submit(command),
        "a submit whose answer is garbage should reject",
      );
      expectSame([error.code, error.retryable], ["connection/lost", true], "code and retryable");
      await wait.until(() => closed().length > 0, "the link should end: it cannot be trusted");
      const { link: next } = await enter(trial);
      await wait.settled(next.submit(command), "the same command should be answered on the next link");
      const { messages } = await next.query({
        type: "history",
        conversationId: bench.conversationId,
        limit: 5,
      });
      expectSame(messages.map(({ id }) => id), [command.commandId], "the messages"); // prettier-ignore
    }),
  ],
};

export const farewellLaws: readonly TransportLaw[] = [
  law("[T13] tells why the backend ended it, and when to come back", async (trial) => {
    const { bench, wait } = trial;
    const { link, closed } = await enter(trial);
    expectThat(bench.backend.end !== undefined, "a backend that says farewell needs `end`");
    await bench.backend.hold();
    const asked = link.submit(sending(bench.conversationId, "unanswered"));
    await wait.quiet();
    const { code, retryAfterMs } = await bench.backend.end();
    await bench.backend.release();
    await wait.until(() => closed().length > 0, "closed should be told when the backend ends a link");
    const { cause } = await wait.refused(asked, "what waits should reject when the backend ends the link");
    expectSame(cause instanceof MessagingError && cause.code, code, "the code of its cause");
    await wait.quiet();
    const reasons = closed().map((reason) => [reason.code, reason.retryAfterMs]);
    expectSame(reasons, [[code, retryAfterMs]], "the reasons told");
  }),
];

export const speechlessLaws: readonly TransportLaw[] = [
  law("[T13] takes an end without words for a loss to come back from", async (trial) => {
    const { bench, wait } = trial;
    const { closed } = await enter(trial);
    await bench.backend.cut();
    await wait.until(() => closed().length > 0, "closed should be told when the backend ends a link");
    expectSame(closed().map(({ retryable }) => retryable), [true], "whether to come back"); // prettier-ignore
  }),
];

export const tokenLaws: readonly TransportLaw[] = [
  law("[T14] rejects with the backend's code a token it does not take", async ({ bench, wait }) => {
    const bad = Object.entries(bench.badTokens ?? {});
    expectThat(bad.length > 0, "a backend with tokens needs `badTokens`");
    for (const [code, token] of bad) {
      const dialled = dial(bench, { token });
      const error = await wait.refused(dialled.opened, "a bad token should be refused");
      expectSame(error.code, code, "the code");
      expectSame([dialled.events.length, dialled.listeners], [0, 0], "events delivered, listeners left");
    }
    await wait.until(
      async () => (await bench.backend.links()) === 0,
      "no link should be left at the backend",
    );
  }),
  law(
    "[T14] renews an open link, where it can, and leaves it as it was where the token is bad",
    async (trial) => {
      const { bench, wait } = trial;
      const { link, closed } = await enter(trial);
      if (!link.refresh || bench.token === undefined) return;
      const lifeMs = await wait.settled(link.refresh(bench.token), "a refresh should be answered");
      expectThat(lifeMs === undefined || lifeMs > 0, "a refresh should tell the token's remaining life");
      for (const token of Object.values(bench.badTokens ?? {})) {
        const error = await wait.refused(link.refresh(token), "a refresh with a bad token should be refused");
        expectThat(error.code.startsWith("auth/"), `the code should begin with auth/; it is ${error.code}`);
      }
      await wait.settled(link.ping(), "the link should live on");
      expectSame(closed(), [], "what was told of its end");
    },
  ),
];

export const tokenlessLaws: readonly TransportLaw[] = [
  law("[T14] opens without a token, where there are none", async (trial) => {
    expectSame(trial.bench.token, undefined, "the token");
    const { link } = await enter(trial);
    await trial.wait.settled(link.ping(), "a ping should be answered");
  }),
];
