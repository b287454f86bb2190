import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChaosMember, ChaosMemberOptions } from "./member.ts";
import type { Order } from "./peer.ts";
import type { Shown, Stored, Word } from "./word.ts";

const script = fileURLToPath(new URL("peer.ts", import.meta.url));
/** Where the loader is found. */
const root = fileURLToPath(new URL("../../../..", import.meta.url));
const execArgv = ["--conditions=source", "--import", "./scripts/typescript/register.mjs"];
/** More room than any write needs that only deletes, less than a few messages take. */
const LAST_PAGES = 2;

/** A real Node client with SQLite storage. */
export async function createNodeMember(options: ChaosMemberOptions): Promise<ChaosMember> {
  const { userId, others, proxy, token, folder, hear } = options;
  const file = join(folder, `${userId}.db`);
  // Loading takes longest, so the next process is always loaded before it is needed.
  const load = (): ChildProcess => fork(script, [userId, file], { cwd: root, execArgv });
  let lives = 0;
  let next = load();
  let child: ChildProcess | undefined;
  let rests = (): void => {};
  let shows = (_state: Shown): void => {};
  let recalls = (_stored: Stored): void => {};
  let limited = (_isDone: boolean): void => {};

  const order = (given: Order): void => void child?.send(given, () => {});

  const living = (): ChildProcess | undefined =>
    child?.exitCode === null && child.signalCode === null ? child : undefined;
  const kill = async (): Promise<boolean> => {
    const dying = living();
    if (!dying) return false;
    const exit = once(dying, "exit");
    dying.kill("SIGKILL");
    await exit;
    return true;
  };

  const member: ChaosMember = {
    userId,
    proxy,
    deaths: { "kill member": kill },
    async start() {
      const born = next;
      next = load();
      child = born;
      born.once("exit", () => limited(false));
      const ready = new Promise<void>((resolve) => {
        born.on("message", (word: Word) => {
          if (word.type === "ready") resolve();
          if (word.type === "rests") rests();
          if (word.type === "shows") shows(word.state);
          if (word.type === "recalls") recalls(word.stored);
          if (word.type === "limited") limited(word.isDone);
          hear(word);
        });
      });
      order({ type: "start", url: proxy.url, token, others, prefix: `${userId} ${++lives}` });
      await ready;
    },
    fill: (isFull) =>
      new Promise((resolve) => {
        limited = resolve;
        if (!living()) resolve(false);
        order({ type: "quota", pages: isFull ? LAST_PAGES : undefined });
      }),
    rest: () =>
      new Promise((resolve) => {
        rests = resolve;
        order({ type: "rest" });
      }),
    show: () =>
      new Promise((resolve) => {
        shows = resolve;
        order({ type: "show" });
      }),
    recall: () =>
      new Promise((resolve) => {
        recalls = resolve;
        order({ type: "recall" });
      }),
    async close() {
      await kill();
      next.kill("SIGKILL");
    },
  };
  await member.start();
  return member;
}
