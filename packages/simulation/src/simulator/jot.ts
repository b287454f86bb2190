import type { Client, Random, Sent } from "@tidings/core";
import { openBlocks, openNotebook, openPlans, openReports } from "@tidings/core/bindings";
import { anyOf, isLikely, pick } from "../chance.ts";
import type { ActName } from "./weights.ts";

const jottings = ["note", "unnote", "plan", "replan", "unplan", "remind"] as const;
const contacts = ["block", "unblock", "report"] as const;
type Contact = (typeof contacts)[number];
export type Jotting = (typeof jottings)[number] | Contact;

export function isJotting(name: ActName): name is Jotting {
  return jottings.some((each) => each === name) || isContact(name);
}

function isContact(name: ActName): name is Contact {
  return contacts.some((each) => each === name);
}

/** Where somebody's notes stand. */
export function notebookOf(userId: string): string {
  return `~/${userId}`;
}

export interface Occasion {
  readonly conversationId: string;
  readonly messageId: string | undefined;
  readonly text: string;
  /** Server time, ms, as far as anybody can tell. */
  readonly now: number;
}

/** Some plan for what is past: that is done at once. */
const AHEAD_MS = 20_000;
const BEHIND_MS = 2_000;

/** Some time that is near, or past. */
export function dueAfter(now: number, random: Random): number {
  return Math.max(0, now - BEHIND_MS + anyOf(random, AHEAD_MS));
}

/** What somebody writes down for themselves: notes, and what is to be done later. */
export function jot(
  client: Client,
  name: Jotting,
  random: Random,
  occasion: Occasion,
): Promise<Sent> | undefined {
  const { conversationId, messageId, text, now } = occasion;
  if (isContact(name)) return avoid(client, name, random, occasion);
  if (name === "note" || name === "unnote") return mark(client, name === "note", random, occasion);
  const { scheduled, schedule, reschedule, cancel, remind } = openPlans(client);
  const dueAt = dueAfter(now, random);
  const plan = pick(random, scheduled.get());
  switch (name) {
    case "plan":
      return schedule(conversationId, text, dueAt);
    case "replan":
      return plan && reschedule(plan.id, dueAt, isLikely(random, 0.5) ? text : undefined);
    case "unplan":
      return plan && cancel(plan.id);
    case "remind":
      return messageId === undefined ? undefined : remind(conversationId, messageId, dueAt);
  }
}

/** Notes something of a conversation, or of a message in it, or crosses it out. */
function mark(
  client: Client,
  isOn: boolean,
  random: Random,
  { conversationId, messageId }: Occasion,
): Promise<Sent> {
  const { pin, unpin, archive, unarchive, mute, unmute, bookmark, unbookmark, hide, unhide } =
    openNotebook(client);
  const whole = pick(random, isOn ? [pin, archive, mute] : [unpin, unarchive, unmute]) ?? pin;
  const one = pick(random, isOn ? [bookmark, hide] : [unbookmark, unhide]);
  if (!one || messageId === undefined || isLikely(random, 0.5)) return whole(conversationId);
  return one(conversationId, messageId);
}

/** What somebody does about a person, or what that person says. Those who have a direct conversation, most of all. */
function avoid(
  client: Client,
  name: Contact,
  random: Random,
  { conversationId, messageId, text }: Occasion,
): Promise<Sent> {
  const userId = client.userId.get();
  const [closest, ...others] = ["ada", "bob", "cyd"].filter((each) => each !== userId);
  const other = (isLikely(random, 0.7) ? closest : pick(random, others)) ?? "cyd";
  if (name !== "report") return openBlocks(client)[name](other);
  const { reportMessage, reportPerson } = openReports(client);
  if (messageId === undefined || isLikely(random, 0.3)) return reportPerson(conversationId, other, text);
  return reportMessage(conversationId, messageId, text);
}
