import { filesIn } from "../domain/attachments.ts";
import { filesPlanned } from "../domain/plan.ts";
import { MessagingError } from "../errors/messaging-error.ts";
import type { Gate, Gatekeeper, Outbox } from "../outbox/types.ts";
import type { Command } from "../protocol/commands.ts";
import { noteIdOf } from "../protocol/notes.ts";
import { type Running, refusalOf } from "./running.ts";

export interface GateOptions {
  readonly outbox: Outbox;
  /** `undefined`: there is no such file on this device. `"unknown"`: nobody has looked yet. */
  readonly find: (fileId: string) => Running | "unknown" | undefined;
  /** Looks, and calls `review` when it has. */
  readonly look: (fileId: string) => void;
  /** A file belongs to what this sends or plans from now on; resolves once that, and its bytes, are durable. */
  readonly attach: (running: Running, command: Command) => Promise<void>;
  /** Somebody tries again what was refused. */
  readonly resume: (running: Running) => void;
}

/** Holds messages and plans until their files are there, and what is about such a one with it (U13). */
export interface FileGate {
  /** Files have come further. */
  review(): void;
  /** This one never will. */
  refuse(running: Running): void;
}

export function createGate(options: GateOptions): FileGate {
  const { outbox, find } = options;

  /** The commands whose file was refused while they waited for it, by what they send or plan. */
  const parked = new Map<string, string>();

  /** Not at once, as what would be parked is just being looked at. */
  const later = (running: Running, command: Command): void => {
    const isTriedAgain = parked.delete(matterOf(command));
    void Promise.resolve().then(() => {
      if (running.job.phase !== "refused") return;
      if (isTriedAgain) options.resume(running);
      else refuse(running);
    });
  };

  const isHere = (fileId: string, command: Command): boolean => {
    const found = find(fileId);
    if (found === "unknown") options.look(fileId);
    else if (found?.job.phase === "refused") later(found, command);
    return found === undefined || (found !== "unknown" && found.job.phase === "ready");
  };

  const isHeld = (command: Command): boolean => {
    const files = filesOf(command).map((fileId) => isHere(fileId, command));
    if (files.includes(false) || isBehindHeld(command)) return true;
    return subjectsOf(command).some((messageId) => {
      const entry = outbox.find(messageId);
      return entry?.status === "queued" && isHeld(entry.command);
    });
  };

  /** What is said of a plan counts in the order it was given: what is called off must not come after all. */
  const isBehindHeld = (command: Command): boolean => {
    if (!isAboutPlan(command)) return false;
    const all = outbox.all();
    const place = all.findIndex((entry) => entry.command === command);
    return all
      .slice(0, Math.max(0, place))
      .some(
        ({ status, command: earlier }) =>
          status === "queued" && matterOf(earlier) === matterOf(command) && isHeld(earlier),
      );
  };

  const gate: Gate = {
    isHeld,
    stored(command) {
      const waiting = filesOf(command).flatMap((fileId) => {
        const found = find(fileId);
        return found && found !== "unknown" ? options.attach(found, command) : [];
      });
      return waiting.length > 0 ? Promise.all(waiting).then(() => {}) : undefined;
    },
  };

  const keeper: Gatekeeper = outbox.keep(gate);
  const refuse = ({ job }: Running): void => {
    const error =
      job.code === undefined
        ? new MessagingError("file/not-found", { message: "unable to send; one of its files was called off" })
        : refusalOf(job.code);
    for (const [matter, commandId] of parked) if (!outbox.find(commandId)) parked.delete(matter);
    for (const { command, status } of outbox.all()) {
      if (status !== "queued" || !filesOf(command).includes(job.fileId)) continue;
      parked.set(matterOf(command), command.commandId);
      // Of a file called off nothing is left that would tell a later life.
      keeper.park(command.commandId, error, job.phase === "cancelled");
    }
  };
  return { review: keeper.release, refuse };
}

/** All that has to be there for a command, previews too. */
export function filesOf(command: Command): readonly string[] {
  if (command.type === "message.send") return filesIn(command.content);
  return command.type === "note.set" ? filesPlanned(command) : [];
}

type AboutNote = Extract<Command, { readonly type: "note.set" | "note.clear" }>;

function isAboutPlan(command: Command): command is AboutNote {
  return "subject" in command && command.subject.kind === "scheduled";
}

/** What a command sends, or plans: the same for another command that plans it anew. */
function matterOf(command: Command): string {
  return isAboutPlan(command) ? noteIdOf(command.subject) : command.commandId;
}

/** The message that comes of a command, now or later. */
export function messageOf(command: Command): string | undefined {
  return isAboutPlan(command) ? command.subject.messageId : command.commandId;
}

/** The messages a command is about. */
function subjectsOf(command: Command): readonly string[] {
  const ids = [
    "messageId" in command && command.messageId,
    "replyTo" in command && command.replyTo,
    "threadId" in command && command.threadId,
  ];
  return ids.filter((id) => typeof id === "string");
}
