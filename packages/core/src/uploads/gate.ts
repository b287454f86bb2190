import { MessagingError } from "../errors/messaging-error.ts";
import type { Gate, Gatekeeper, Outbox } from "../outbox/types.ts";
import type { Command } from "../protocol/commands.ts";
import { type Running, refusalOf } from "./running.ts";

export interface GateOptions {
  readonly outbox: Outbox;
  /** `undefined`: there is no such file on this device. `"unknown"`: nobody has looked yet. */
  readonly find: (fileId: string) => Running | "unknown" | undefined;
  /** Looks, and calls `review` when it has. */
  readonly look: (fileId: string) => void;
  /** A file belongs to a message from now on; resolves once that, and its bytes, are durable. */
  readonly attach: (running: Running, messageId: string) => Promise<void>;
  /** Somebody tries again what was refused. */
  readonly resume: (running: Running) => void;
}

/** Holds messages until their files are there, and what is about such a message with it (U13). */
export interface FileGate {
  /** Files have come further. */
  review(): void;
  /** This one never will. */
  refuse(running: Running): void;
}

export function createGate(options: GateOptions): FileGate {
  const { outbox, find } = options;

  /** Messages whose file was refused while they waited for it. */
  const parked = new Set<string>();

  /** Not at once, as what would be parked is just being looked at. */
  const later = (running: Running, commandId: string): void => {
    const isTriedAgain = parked.delete(commandId);
    void Promise.resolve().then(() => {
      if (running.job.phase !== "refused") return;
      if (isTriedAgain) options.resume(running);
      else refuse(running);
    });
  };

  const isHere = (fileId: string, commandId: string): boolean => {
    const found = find(fileId);
    if (found === "unknown") options.look(fileId);
    else if (found?.job.phase === "refused") later(found, commandId);
    return found === undefined || (found !== "unknown" && found.job.phase === "ready");
  };

  const isHeld = (command: Command): boolean => {
    const files = filesOf(command).map((fileId) => isHere(fileId, command.commandId));
    if (files.includes(false)) return true;
    return subjectsOf(command).some((messageId) => {
      const entry = outbox.find(messageId);
      return entry?.status === "queued" && isHeld(entry.command);
    });
  };

  const gate: Gate = {
    isHeld,
    stored(command) {
      const waiting = filesOf(command).flatMap((fileId) => {
        const found = find(fileId);
        return found && found !== "unknown" ? options.attach(found, command.commandId) : [];
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
    for (const commandId of parked) if (!outbox.find(commandId)) parked.delete(commandId);
    for (const { command, status } of outbox.all()) {
      if (status !== "queued" || !filesOf(command).includes(job.fileId)) continue;
      parked.add(command.commandId);
      // Of a file called off nothing is left that would tell a later life.
      keeper.park(command.commandId, error, job.phase === "cancelled");
    }
  };
  return { review: keeper.release, refuse };
}

/** All that has to be there for a command, previews too. */
export function filesOf(command: Command): readonly string[] {
  if (command.type !== "message.send" || !("text" in command.content)) return [];
  const { attachments = [] } = command.content;
  return attachments.flatMap(({ fileId, thumbnailId, posterId }) =>
    [fileId, thumbnailId, posterId].filter((id) => id !== undefined),
  );
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
