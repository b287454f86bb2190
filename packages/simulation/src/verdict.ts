import type { History } from "./history.ts";
import { faultsOf, type Witness } from "./oracle.ts";
import type { Script } from "./script.ts";

/** Everything that is wrong at the end of a run, everybody having resumed: with what people see, and with what they were told (D1, D2). */
export function verdict(witnesses: readonly Witness[], script: Script, truth: History): readonly string[] {
  const seen = witnesses.flatMap((each) =>
    [...faultsOf(each, truth, true)].map((fault) => `${each.userId}: ${fault}`),
  );
  return [...seen, ...script.mistakes, ...brokenPromises(script, truth)];
}

function* brokenPromises({ deeds }: Script, { messages }: History): Generator<string> {
  const count = new Map<string, number>();
  for (const { id } of messages) count.set(id, (count.get(id) ?? 0) + 1);
  for (const { userId, name, sent, outcome } of deeds) {
    if (!sent) continue; // refused at once, in a way an application expects
    if (outcome === undefined) yield `${userId} ${name} ${sent.id} was never settled`;
    if (name !== "send" && name !== "reply") continue;
    const found = count.get(sent.id) ?? 0;
    if (outcome === "accepted" && found !== 1)
      yield `${userId} ${name} ${sent.id} was accepted, and is there ${found} times`;
    if (found > 0 && isCertain(outcome))
      yield `${userId} ${name} ${sent.id} was refused with ${outcome}, and is there`;
  }
}

/** Whoever gave up, or called off what had been on its way once, does not know what became of it. */
function isCertain(outcome: string | undefined): boolean {
  return outcome !== "accepted" && outcome !== "outbox/gave-up" && outcome !== "outbox/cancelled";
}
