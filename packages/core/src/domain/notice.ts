import type { NoteValue } from "../protocol/notes.ts";
import type { NotifyRules, QuietHours } from "../protocol/notify-rules.ts";
import type { MessageRecord, ParticipantRecord } from "../protocol/records.ts";
import { isMentioned } from "./search.ts";

/** What of a message decides whether somebody is told of it. */
type Said = Pick<MessageRecord, "authorId" | "kind" | "deletedAt" | "content">;

/** A message, and what decides whether one who may read it is told of it. */
export interface NoticeScene {
  readonly message: Said;
  /** As a participant of the message's conversation. */
  readonly reader: Pick<ParticipantRecord, "userId" | "role" | "notify">;
  readonly rules?: NotifyRules | undefined;
  /** Their note that the conversation is muted. */
  readonly muted?: Pick<NoteValue, "until"> | undefined;
  /** They follow the thread the message belongs to. */
  readonly follows?: boolean | undefined;
  /** They want to hear nothing of its author. */
  readonly isBlocked?: boolean | undefined;
  /** What is said in the conversation stays in it. */
  readonly isConfidential?: boolean | undefined;
  /** Server time, ms. */
  readonly now: number;
}

/** That somebody is to be told, and how. */
export interface Notice {
  readonly sound: boolean;
  /** `sender`: who and where, but not what. `nothing`: no more than that there is something. */
  readonly shows: "text" | "sender" | "nothing";
}

/**
 * Is somebody to be told of a message? What the server pushes and what a page shows is decided here, so that they cannot
 * disagree. From the strongest reason to the weakest: what is one's own, gone, made by nobody or of somebody blocked is
 * never told; nor is anything of a muted conversation, or in quiet hours; then the level chosen for the conversation
 * counts, and where there is none, that for all. To follow a thread is to ask for its messages as for mentions.
 */
export function noticeOf(scene: NoticeScene): Notice | undefined {
  const { message, reader, rules = {}, muted, follows = false, isConfidential = false, now } = scene;
  const { level = "all", quiet, sound = true, previews = true } = rules;
  if (scene.isBlocked || !isNews(message, reader.userId) || isMuted(muted, now)) return undefined;
  if (quiet && isQuietAt(quiet, now)) return undefined;
  const chosen = reader.notify ?? level;
  if (chosen === "none" || (chosen === "mentions" && !follows && !isMeant(message, reader))) return undefined;
  const isOpen = "text" in message.content;
  return { sound, shows: !previews || isConfidential ? "nothing" : isOpen ? "text" : "sender" };
}

/** A reminder whose time has come, and what decides how its owner is told. */
export interface ReminderScene {
  /** When they wanted to be reminded, server time in ms. */
  readonly dueAt: number;
  /** What of: undefined if it is not there any more, or they are not where it was said. */
  readonly message?: Pick<MessageRecord, "deletedAt" | "content"> | undefined;
  readonly rules?: NotifyRules | undefined;
  /** They want to hear nothing of the message's author. */
  readonly isBlocked?: boolean | undefined;
  readonly isConfidential?: boolean | undefined;
  /** Server time, ms. */
  readonly now: number;
}

/**
 * How is somebody to be told that it is time? That they are told they have said themselves, so no level, mute or quiet hour
 * is against it: whoever wants to be reminded at night is. Only what comes later than it should, into quiet hours in
 * which they wanted nothing, makes no sound. What is shown of the message is as little as of any.
 */
export function reminderNoticeOf(scene: ReminderScene): Notice {
  const { dueAt, message, rules: { quiet, sound = true, previews = true } = {}, now } = scene;
  const isUnwanted = quiet !== undefined && isQuietAt(quiet, now) && !isQuietAt(quiet, dueAt);
  const isHidden = !previews || scene.isConfidential || scene.isBlocked || !message || message.deletedAt;
  const shows = isHidden ? "nothing" : "text" in message.content ? "text" : "sender";
  return { sound: sound && !isUnwanted, shows };
}

function isNews({ authorId, kind, deletedAt }: Said, userId: string): boolean {
  return authorId !== userId && kind !== "system" && deletedAt === undefined;
}

function isMuted(muted: NoticeScene["muted"], now: number): boolean {
  return muted !== undefined && (muted.until ?? Infinity) > now;
}

function isMeant({ content }: Said, reader: NoticeScene["reader"]): boolean {
  return "text" in content && (content.ranges ?? []).some((range) => isMentioned(range, reader));
}

const DAY = 24 * 60;

/** Do quiet hours lie over a moment? `from` is part of them, `to` is not. */
export function isQuietAt({ timeZone, from, to, days }: QuietHours, now: number): boolean {
  const { day, minute } = placeTimeOf(timeZone, now);
  const lengthOf = (to - from + DAY) % DAY || DAY;
  const since = (minute - from + DAY) % DAY;
  const begun = minute < from ? (day + 6) % 7 : day;
  return since < lengthOf && (days?.includes(begun) ?? true);
}

const WEEK = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
/** A formatter takes as long to make as a thousand take to use; there are some hundred time zones (D9). */
const MOST_ZONES = 600;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Day of the week and minute of the day, as the clocks there show them. */
function placeTimeOf(timeZone: string, now: number): { readonly day: number; readonly minute: number } {
  let [day, hour, minute] = [0, 0, 0];
  for (const { type, value } of formatterOf(timeZone).formatToParts(now)) {
    if (type === "weekday") day = WEEK.indexOf(value);
    else if (type === "hour") hour = Number(value);
    else if (type === "minute") minute = Number(value);
  }
  return { day, minute: hour * 60 + minute };
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const formatter = formatterFor(timeZone);
  if (formatter && formatters.size < MOST_ZONES) formatters.set(timeZone, formatter);
  return formatter ?? formatterOf("UTC");
}

function formatterFor(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      ...{ timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    });
  } catch {
    return undefined;
  }
}
