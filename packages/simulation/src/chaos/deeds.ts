import type { Client, Conversation, MessageItem, Random, Sent } from "@tidings/core";
import { openBlocks, openNotebook, openPlans } from "@tidings/core/bindings";
import { pick } from "../chance.ts";
import { textOf } from "../texts.ts";
import { isSaidLater, reworded, ROOM, saidLater } from "./words.ts";

/** What members do beside saying something. */
export const ACTS = [
  "edit",
  "react",
  "unreact",
  "vote",
  "pin",
  "unpin",
  "delete",
  "hide",
  "unhide",
  "plan",
  "unplan",
  "block",
  "unblock",
  "read",
] as const;
export type Act = (typeof ACTS)[number];

/** One thing a member does to one thing, of which its last word counts. Goes through IPC: plain data. */
export interface Deed {
  /** Unlike that of any other deed of the run. */
  readonly key: string;
  readonly act: Act;
  /** A message, a person, or what a message that is planned says; nothing of what one reads. */
  readonly target: string;
  /** What becomes of it: the new words, the emoji, the choices. */
  readonly value: string;
}

/** A deed that can be done now. */
export interface Chance extends Omit<Deed, "key"> {
  give(): Promise<Sent> | void;
}

export interface Occasion {
  readonly client: Client;
  readonly key: string;
  /** Whom one may block. */
  readonly others: readonly string[];
}

export const OPTIONS: readonly string[] = ["tea", "coffee", "water"];
const emoji = ["👍", "🎉", "❤️"];
/** Processes keep their own time, so that no seed would repeat what they do. */
export const random: Pick<Random, "next"> = { next: Math.random };
/** How much of the screen anybody looks at. */
const LAST = 40;
/** What is planned is due within that, so that a run need not wait for it at its end. */
const LONGEST_AHEAD_MS = 1_200;

/** What somebody may do now, if there is anything to do it to. */
export function chanceTo(act: Act, occasion: Occasion): Chance | undefined {
  const { client, key } = occasion;
  switch (act) {
    case "hide":
    case "unhide":
      return toHide(act, occasion);
    case "block":
    case "unblock":
      return toBlock(act, occasion);
    case "plan":
    case "unplan":
      return toPlan(act, occasion);
    case "read": {
      const room = client.conversation(ROOM);
      return { act, target: "", value: "", give: () => room.markRead() };
    }
    case "edit":
    case "react":
    case "unreact":
    case "vote":
    case "pin":
    case "unpin":
    case "delete":
      return toMessage(act, client.conversation(ROOM), key);
  }
}

type OnMessage = "edit" | "react" | "unreact" | "vote" | "pin" | "unpin" | "delete";

/** What is pending may be meant as well. */
function toMessage(act: OnMessage, room: Conversation, key: string): Chance | undefined {
  const items = room.timeline
    .get()
    .items.slice(-LAST)
    .filter((item) => item.type === "message")
    .filter(({ message, status }) => message.deletedAt === undefined && status !== "failed");
  const item = pick(
    random,
    items.filter((each) => isFit(act, each)),
  );
  if (!item) return undefined;
  const target = item.key;
  const [sign, choices] = [pick(random, emoji) ?? "", choicesFor(item)];
  switch (act) {
    case "edit": {
      const value = reworded(textOf(item.message), key);
      return { act, target, value, give: () => room.edit(target, value) };
    }
    case "react":
    case "unreact":
      return { act, target, value: sign, give: () => room[act](target, sign) };
    case "vote":
      return { act, target, value: choices.join(), give: () => room.vote(target, choices) };
    case "pin":
    case "unpin":
    case "delete":
      return { act, target, value: "", give: () => room[act](target) };
  }
}

function isFit(act: OnMessage, { own, message }: MessageItem): boolean {
  if (act === "edit") return own;
  if (act === "vote") return message.tally !== undefined;
  // What is sent by a plan is known by its words, and has to keep them.
  return act !== "delete" || !isSaidLater(textOf(message));
}

function choicesFor({ message }: MessageItem): readonly number[] {
  const many = "text" in message.content && message.content.poll?.many;
  return OPTIONS.flatMap((_, option) => (Math.random() < 0.4 ? [option] : [])).slice(0, many ? 3 : 1);
}

function toHide(act: "hide" | "unhide", { client }: Occasion): Chance | undefined {
  const notebook = openNotebook(client);
  const items = client.conversation(ROOM).timeline.get().items.slice(-LAST);
  const shown = items.flatMap((item) => (item.type === "message" && item.message.seq > 0 ? item.key : []));
  const target = pick(random, act === "hide" ? shown : [...notebook.hidden.get()]);
  return target === undefined
    ? undefined
    : { act, target, value: "", give: () => notebook[act](ROOM, target) };
}

function toBlock(act: "block" | "unblock", { client, others }: Occasion): Chance | undefined {
  const blocks = openBlocks(client);
  const target = pick(random, act === "block" ? others : [...blocks.userIds.get()]);
  return target === undefined ? undefined : { act, target, value: "", give: () => blocks[act](target) };
}

function toPlan(act: "plan" | "unplan", { client, key }: Occasion): Chance | undefined {
  const plans = openPlans(client);
  if (act === "plan") {
    const target = saidLater(key);
    const dueAt = Date.now() + Math.random() * LONGEST_AHEAD_MS;
    return { act, target, value: "", give: () => plans.schedule(ROOM, target, Math.round(dueAt)) };
  }
  const plan = pick(random, plans.scheduled.get());
  if (!plan) return undefined;
  const target = textOf(plan.message);
  return { act, target, value: "", give: () => plans.cancel(plan.id) };
}
