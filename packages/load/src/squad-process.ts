import type { Reply, Request } from "./fork-squad.ts";
import { LocalSquad, type Squad } from "./bots/squad.ts";

/** A squad in a process of its own, as `fork-squad.ts` starts it. */
let squad: Squad | undefined;

process.on("disconnect", () => process.exit(1)); // whoever started us is gone
process.on("SIGINT", () => {}); // meant for whoever started us
process.on("message", (request: Request) => void answer(request));

async function answer({ id, call }: Request): Promise<void> {
  const tell = (reply: Reply): void => void process.send?.(reply);
  try {
    tell({ id, value: await perform(call) });
  } catch (error) {
    tell({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

function perform(call: Request["call"]): Promise<unknown> {
  if (call.name === "plan") {
    squad = new LocalSquad(call.plan);
    return Promise.resolve();
  }
  if (!squad) throw new Error("a squad is given its plan first");
  if (call.name === "speak" || call.name === "allowance") return squad[call.name](call.value);
  return squad[call.name]();
}
