import { virtualClock } from "@tidings/core/testing";
import { describe, expect, it } from "vitest";
import { engineClock } from "../../../test/support/engine-bench.ts";
import { Questions } from "./questions.ts";

describe("questions to other nodes", () => {
  const open = () => {
    const clock = virtualClock(0);
    const questions = new Questions(engineClock(clock));
    const said: number[] = [];
    return { clock, questions, said, ask: (...nodes: string[]) => questions.ask(nodes, (n) => said.push(n)) };
  };

  it("are answered once all have answered, with all they named", async () => {
    const { questions, said, ask } = open();
    const [one, other] = [ask("a", "b"), ask("a")];
    questions.hear("a", said[0] ?? 0, ["ada"]);
    questions.hear("b", said[0] ?? 0, ["ada", "bob"]);
    questions.hear("a", said[1] ?? 0, []);
    expect([...(await one)]).toEqual(["ada", "bob"]);
    expect([...(await other)]).toEqual([]);
    expect([...(await ask())]).toEqual([]);
    expect(said).toHaveLength(2);
  });

  it("[D9] wait for nobody longer than half a second, nor once the node closes", async () => {
    const { clock, questions, said, ask } = open();
    const late = ask("a", "gone");
    questions.hear("a", said[0] ?? 0, ["ada"]);
    await clock.advance(500);
    const named = await late;
    questions.hear("gone", said[0] ?? 0, ["bob"]); // too late
    expect([...named]).toEqual(["ada"]);
    const last = ask("gone");
    questions.close();
    expect([...(await last)]).toEqual([]);
  });
});
