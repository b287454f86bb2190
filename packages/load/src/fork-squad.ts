import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Squad, SquadPlan } from "./bots/squad.ts";

/** What a squad's process is asked. */
export interface Request {
  readonly id: number;
  readonly call:
    | { readonly name: "plan"; readonly plan: SquadPlan }
    | { readonly name: "speak" | "allowance"; readonly value: number }
    | { readonly name: Exclude<keyof Squad, "speak" | "allowance"> };
}

/** … and answers, with whatever the squad's method does. */
export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

// Built, this module lies beside the script too, under whichever name.
const script = fileURLToPath(new URL(`./squad-process${extname(import.meta.url)}`, import.meta.url));

/** A squad in a process of its own: one alone keeps one processor busy. */
export async function forkSquad(plan: SquadPlan): Promise<Squad> {
  const child = fork(script, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ask = createAsker(child);
  await ask({ name: "plan", plan });
  return {
    gather: () => ask({ name: "gather" }),
    allowance: (value) => ask({ name: "allowance", value }),
    speak: (value) => ask({ name: "speak", value }),
    reconnect: () => ask({ name: "reconnect" }),
    forget: () => ask({ name: "forget" }),
    attempts: () => ask({ name: "attempts" }),
    standing: () => ask({ name: "standing" }),
    sample: () => ask({ name: "sample" }),
    judge: () => ask({ name: "judge" }),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, "exit");
      await ask({ name: "close" }).catch(() => {});
      child.disconnect();
      await exit;
    },
  };
}

type Ask = <Answer>(call: Request["call"]) => Promise<Answer>;

function createAsker(child: ChildProcess): Ask {
  const waiting = new Map<number, (reply: Reply) => void>();
  let asked = 0;
  child.on("message", (message) => {
    const reply: Reply = Object(message);
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  child.once("exit", (code, signal) => {
    const error = `unable to go on; a process of clients ended with ${code ?? signal}`;
    for (const [id, answer] of waiting) answer({ id, error });
  });
  return <Answer>(call: Request["call"]) =>
    new Promise<Answer>((resolve, reject) => {
      const id = (asked += 1);
      waiting.set(id, (reply) => {
        // What a squad answers is what its interface says: both ends are this package.
        const { value, error }: { readonly value: Answer; readonly error?: string } = Object(reply);
        if (error === undefined) resolve(value);
        else reject(new Error(error));
      });
      child.send({ id, call } satisfies Request, (error) => error && reject(error));
    });
}
