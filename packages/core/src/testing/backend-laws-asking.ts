import { isErrorCode } from "../errors/codes.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import { complete, type Peer } from "./backend-peer.ts";
import { type BackendTrial, gather, words } from "./backend-trial.ts";
import { newId } from "./dialled.ts";
import { expectSame, expectThat, law, type Law, type LawGroup } from "./kit.ts";

/** A burst above this is not tried. */
const MOST_SENT = 200;

type BackendLaw = Law<BackendTrial>;

async function expectEnd(peer: Peer, ...codes: readonly unknown[]): Promise<void> {
  const code = await peer.ended();
  expectThat(codes.includes(code), `the link should end with ${codes.join(" or ")}; it ended with ${code}`);
}

const greetingLaws: readonly BackendLaw[] = [
  law("[B1] welcomes a user first and once, with the heads of their conversations", async (trial) => {
    const ada = await trial.enter("ada");
    const conversationId = await gather(ada);
    await ada.submit(words(conversationId, "hello"));
    const again = await trial.enter("ada");
    await again.ping();
    expectSame(again.frames[0]?.type, "welcome", "the first frame");
    expectSame(again.all("welcome").length, 1, "the number of welcomes");
    const { userId, epoch, heads } = again.welcome;
    expectSame([userId, epoch], [ada.userId, ada.welcome.epoch], "user and epoch");
    const head = heads.find((each) => each.conversationId === conversationId);
    const { head: wanted } = await again.query({ type: "conversation", conversationId });
    expectSame(head, wanted, "the head in the welcome");
  }),
  law("[B2] ends a link that speaks before its hello, or another version", async (trial) => {
    const rude = await trial.connect();
    rude.send({ type: "ping", n: 1, seen: 0 });
    await expectEnd(rude, "protocol/hello");
    const future = await trial.connect();
    const token = await trial.token("ada");
    const version = PROTOCOL_VERSION + 1_000;
    future.send({ type: "hello", version, clientId: "kit", ...(token !== undefined && { token }) });
    await expectEnd(future, "protocol/version");
  }),
];

export const tokenLaws: readonly BackendLaw[] = [
  law("[B3] ends a link without a token, or with one that is none", async (trial) => {
    const [bare, forged] = [await trial.connect(), await trial.connect()];
    const hello = { type: "hello", version: PROTOCOL_VERSION, clientId: "kit" } as const;
    bare.send(hello);
    await expectEnd(bare, "auth/required");
    const token = await trial.token("ada");
    forged.send({ ...hello, token: `${token}x` });
    await expectEnd(forged, "auth/invalid");
    expectSame([bare, forged].flatMap((peer) => peer.all("welcome")), [], "welcomes"); // prettier-ignore
  }),
  law("[B3] renews a link by a token of the same user, and by no other", async (trial) => {
    const ada = await trial.enter("ada");
    const [own = "", other = ""] = [await trial.token("ada"), await trial.token("bob")];
    ada.send({ type: "refresh", id: 1_001, token: own });
    expectSame((await ada.answer(1_001)).type, "refreshed", "the answer to one's own token");
    ada.send({ type: "refresh", id: 1_002, token: other });
    const answer = await ada.answer(1_002);
    expectSame(
      answer.type === "reject" && answer.code,
      "auth/invalid",
      "the answer to somebody else's token",
    );
    await ada.ping();
  }),
];

export const tokenlessLaws: readonly BackendLaw[] = [
  law("[B3] takes a token for a name, where nobody checks it", async (trial) => {
    const [ada, again, bob] = [await trial.enter("ada"), await trial.enter("ada"), await trial.enter("bob")];
    expectSame(again.userId, ada.userId, "the user of the same token");
    expectThat(bob.userId !== ada.userId, "another token should be another user");
  }),
];

const asking: readonly BackendLaw[] = [
  law("[B4] answers each request once, by its id, in arrays or alone", async (trial) => {
    const ada = await trial.enter("ada");
    const conversationId = await gather(ada);
    const command = complete(words(conversationId, "one of many"));
    const numbers = ada.next(command);
    const query = { type: "conversation", conversationId } as const;
    ada.send(
      { type: "query", id: 901, query },
      { type: "submit", ...numbers, command },
      { type: "query", id: 902, query: { type: "history", conversationId, limit: 5 } },
      { type: "ping", n: 1, seen: 0 },
    );
    const [summary, ack, history] = [
      await ada.answer(901),
      await ada.answer(numbers.id),
      await ada.answer(902),
    ];
    expectSame([summary.type, history.type], ["result", "result"], "the answers of queries");
    expectSame(ack.type === "ack" && ack.ack.commandId, command.commandId, "the id of the acked command");
    await trial.wait.until(() => ada.all("pong").length > 0, "a ping should be answered");
    await trial.wait.quiet();
    const ids = ada.frames.flatMap((frame) => ("id" in frame ? [frame.id] : []));
    expectSame(ids.length, new Set(ids).size, "the number of answers");
  }),
  law("[B5] drops fields it does not know", async (trial) => {
    const ada = await trial.enter("ada");
    const conversationId = await gather(ada);
    const command = { ...complete(words(conversationId, "plain")), glitter: true };
    const numbers = ada.next(command);
    ada.raw(JSON.stringify({ type: "submit", ...numbers, command, confetti: 7 }));
    expectSame((await ada.answer(numbers.id)).type, "ack", "the answer");
    const { messages } = await ada.query({ type: "history", conversationId, limit: 5 });
    expectSame(messages.length, 1, "the number of messages");
    const came = JSON.stringify(ada.frames); // as it came: results are parsed later
    expectThat(!came.includes("glitter"), "an unknown field should not be kept");
  }),
  law("[B6] refuses alone a command or query it cannot read; the lane goes on", async (trial) => {
    const ada = await trial.enter("ada");
    const conversationId = await gather(ada);
    const command = complete(words(conversationId, "poison"));
    const numbers = ada.next(command);
    ada.raw(
      JSON.stringify({ type: "submit", ...numbers, command: { ...command, type: "message.teleport" } }),
    );
    ada.raw(JSON.stringify({ type: "query", id: 903, query: { type: "fortune" } }));
    const answers = [await ada.answer(numbers.id), await ada.answer(903)];
    const found = answers.map((frame) => frame.type === "reject" && [frame.code, frame.retryable]);
    expectSame(found, [["command/malformed", false], ["query/malformed", false]], "the refusals"); // prettier-ignore
    await ada.submit(words(conversationId, "next"));
  }),
  law("[B7] ends the link, and nobody else's, at any other frame it cannot read", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    ada.raw('{"type":"hug"}');
    await expectEnd(ada, "protocol/malformed");
    const again = await trial.enter("ada");
    again.raw("not JSON");
    await expectEnd(again, "protocol/malformed");
    await bob.ping();
  }),
  law("[B8] ends the link, and nobody else's, at a message larger than the policy allows", async (trial) => {
    const [ada, bob] = [await trial.enter("ada"), await trial.enter("bob")];
    const { frameBytes } = ada.welcome.policy.limits;
    ada.raw(JSON.stringify([" ".repeat(frameBytes)]));
    await expectEnd(ada, "protocol/too-large");
    await bob.ping();
  }),
  law("[B9] refuses for good, with a known code, what breaks a rule", async (trial) => {
    const ada = await trial.enter("ada");
    const conversationId = await gather(ada);
    const { textLength } = ada.welcome.policy.limits;
    const refusals = [
      await ada.refused(words(conversationId, "x".repeat(textLength + 1))),
      await ada.refused(words(newId(), "to nobody")),
      await ada.refused({ type: "message.edit", conversationId, messageId: newId(), content: { text: "x" } }),
    ];
    const wanted = ["draft/too-long", "conversation/not-found", "message/not-found"];
    expectSame(refusals.map(({ code }) => code), wanted, "the codes"); // prettier-ignore
    for (const { code, retryable } of refusals) {
      expectThat(isErrorCode(code) && !retryable, `${code} should be known, and final`);
    }
    await ada.submit(words(conversationId, "next"));
  }),
];

const once: readonly BackendLaw[] = [
  law(
    "[B10] gives a command that comes again its first answer, on any link, and does it once",
    async (trial) => {
      const ada = await trial.enter("ada");
      const conversationId = await gather(ada);
      const draft = { ...words(conversationId, "once"), commandId: newId() };
      const first = await ada.submit(draft);
      const again = await ada.submit(draft);
      const later = await (await trial.enter("ada")).submit(draft);
      expectSame([again, later], [first, first], "the answers");
      const rename = {
        type: "conversation.update",
        conversationId,
        name: "Ours",
        commandId: newId(),
      } as const;
      const renamed = await ada.submit(rename);
      expectSame(await ada.submit(rename), renamed, "the answer of another command");
      const { messages, head } = await ada.query({ type: "history", conversationId, limit: 10 });
      expectSame(
        [messages.length, head.rev],
        [1, renamed.changes.at(-1)?.rev],
        "messages, and the last revision",
      );
    },
  ),
  law("[B11] tells who uses somebody else's command id that it is taken, and nothing more", async (trial) => {
    const [ada, eve] = [await trial.enter("ada"), await trial.enter("eve")];
    const [own, foreign] = [await gather(eve), await gather(ada)];
    const { commandId } = await ada.submit(words(foreign, "mine"));
    const refusal = await eve.refused({ ...words(own, "theirs"), commandId });
    expectSame([refusal.code, refusal.retryable], ["command/id-taken", false], "the refusal");
    expectThat(!JSON.stringify(eve.frames).includes(foreign), "nothing of the first command should be told");
  }),
  law("[B12] takes a lane's submits only in order, and waits for what it refused for now", async (trial) => {
    const ada = await trial.enter("ada");
    const conversationId = await gather(ada);
    const commands = ["1", "2", "3"].map((text) => complete(words(conversationId, text)));
    const submit = (id: number, lane: number, index: number): void => {
      const command = commands[index];
      if (command) ada.send({ type: "submit", id, lane, command });
    };
    // Making the conversation was number 1 of its lane.
    submit(911, 3, 1);
    submit(912, 4, 2);
    for (const id of [911, 912]) {
      const frame = await ada.answer(id);
      expectThat(frame.type === "reject", "what overtakes should be refused");
      expectSame(
        [frame.code, frame.retryable, frame.expected],
        ["command/out-of-order", true, 2],
        "the refusal",
      );
    }
    [0, 1, 2].forEach((index) => submit(921 + index, 2 + index, index));
    for (const id of [921, 922, 923]) expectSame((await ada.answer(id)).type, "ack", "the answer in order");
    const { messages } = await ada.query({ type: "history", conversationId, limit: 10 });
    expectSame(messages.map(({ id }) => id), commands.map(({ commandId }) => commandId), "the messages"); // prettier-ignore
  }),
  law("[B13] uses a lane's number up for what it refuses for good", async (trial) => {
    const ada = await trial.enter("ada");
    const conversationId = await gather(ada);
    const long = "x".repeat(ada.welcome.policy.limits.textLength + 1);
    const commands = ["1", long, "3"].map((text) => complete(words(conversationId, text)));
    ada.send(...commands.map((command) => ({ type: "submit", ...ada.next(command), command }) as const));
    await ada.ping();
    await trial.wait.until(() => ada.all("ack").length === 3, "those around it should be accepted");
    expectSame(ada.all("reject").map(({ code }) => code), ["draft/too-long"], "the refusals"); // prettier-ignore
  }),
  law("[B29] keeps to the rates it announces, and tells how long to wait", async (trial) => {
    const ada = await trial.enter("ada");
    const conversationId = await gather(ada);
    const burst = Math.min(...ada.welcome.policy.rates.map((rate) => rate.burst));
    if (burst > MOST_SENT) return; // what takes so many at once need not be tried
    const commands = Array.from({ length: burst + 2 }, (_, index) =>
      complete(words(conversationId, String(index))),
    );
    const frames = commands.map((command) => ({ type: "submit", ...ada.next(command), command }) as const);
    ada.send(...frames);
    for (const { id } of frames) await ada.answer(id);
    const [first] = ada.all("reject");
    expectThat(first !== undefined, `more than ${burst} messages at once should be refused`);
    expectSame([first.code, first.retryable], ["rate/limited", true], "the refusal");
    expectThat((first.retryAfterMs ?? 0) > 0, "the refusal should tell how long to wait");
    const refusedFrom = frames.find(({ id }) => id === first.id)?.lane;
    expectSame(first.expected, refusedFrom, "the number that the lane waits for");
    expectSame(
      ada.all("ack").length,
      (refusedFrom ?? 0) - 1,
      "how many were accepted, the conversation included",
    );
  }),
];

export const askingLaws: readonly LawGroup<BackendTrial>[] = [
  { title: "greeting", laws: greetingLaws },
  { title: "asking", laws: asking },
  { title: "once, and in order", laws: once },
];
