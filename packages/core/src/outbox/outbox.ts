import type { DeliveryEvent } from "../delivery/machine.ts";
import { type MessagingError, toMessagingError } from "../errors/messaging-error.ts";
import type { Link } from "../ports/transport.ts";
import type { Ack } from "../protocol/changes.ts";
import { Entry, isAckOf } from "./entry.ts";
import { createExpiry } from "./expiry.ts";
import { add, comeBack, depart, isFirst, next, settle } from "./lane.ts";
import { anothers, cancelled, closed, expired, full, gaveUp, noAck } from "./reasons.ts";
import { createPatience } from "./patience.ts";
import { createRuns } from "./runs.ts";
import { createSuspects } from "./suspects.ts";
import { createTurns } from "./turns.ts";
import type { Gate, Outbox, OutboxOptions } from "./types.ts";
import { viewOf } from "./view.ts";
import { createWatchdog } from "./watchdog.ts";

/** Runs the lanes: one per conversation, each in its own order, none waiting for another. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { clock, scope, journal, limiter } = options;
  const [entries, turns] = [new Map<string, Entry>(), createTurns(clock)];
  const [runs, patience] = [createRuns(clock, (id) => pump(id)), createPatience(options.random)];
  const expiry = createExpiry(clock, (entry) => scope.batch(() => park(entry, expired())));
  const [watchdog, suspects] = [createWatchdog(clock, options.onStuck), createSuspects()];
  let [link, gate, isClosed]: [link?: Link, gate?: Gate, isClosed?: true] = [];
  const view = scope.lazy(() => viewOf(entries.values()));

  const changed = ({ shown }: Entry): void => {
    view.invalidate();
    options.onEntry(shown);
  };

  const move = (entry: Entry, event: DeliveryEvent, error?: MessagingError): void => {
    entry.advance(event, error);
    changed(entry);
  };

  /** What an earlier link had out is not counted any more, whether or not it ever answers. */
  const landed = (on: Link, settle: () => void): void => {
    if (on === link) watchdog.landed();
    settle();
    if (!suspects.allows(1)) runs.ids().forEach(pump); // who waits until nothing is out, with suspects
  };

  const pump = (conversationId: string): void => {
    const run = runs.of(conversationId);
    if (run.pause) return;
    for (let entry = next(run.lane, options.window()); entry; entry = next(run.lane, options.window())) {
      if (!link || !suspects.allows(watchdog.flying)) return; // no link also when a listener has just ended it
      if (!entry.isStored) return; // its write will pump again
      if (expiry.isOverdue(entry)) return park(entry, expired());
      const turn =
        entry.command.type === "message.send" ? limiter.take(conversationId) : { ok: true as const };
      if (!turn.ok) return runs.pause(conversationId, turn.retryAfterMs);
      run.lane = depart(run.lane, entry);
      attempt(entry, link);
    }
    runs.tidy(conversationId);
  };

  const attempt = (entry: Entry, on: Link): void => {
    entry.attempts += 1;
    suspects.departs(entry);
    entry.advance("attempt");
    watchdog.departed();
    changed(entry);
    if (on !== link) return; // a listener has ended it, and the entry came back
    on.submit(entry.command).then(
      (ack) => landed(on, () => (isAckOf(entry, ack) ? accept(entry, ack) : refuse(entry, noAck(), on))),
      (error: unknown) => landed(on, () => refuse(entry, toMessagingError(error), on)),
    );
  };

  /** It is out no more: those behind it may go, and those who waited because it was a suspect. */
  const goOn = (entry: Entry): void => {
    const isCareful = !suspects.allows(1);
    suspects.clear(entry);
    if (isCareful) runs.ids().forEach(pump);
    else pump(entry.command.conversationId);
  };

  const drop = (entry: Entry): void => {
    const { commandId, conversationId } = entry.command;
    expiry.cancel(commandId);
    const run = runs.of(conversationId);
    run.lane = settle(run.lane, entry);
    entries.delete(commandId);
  };

  const remove = (entry: Entry): void => {
    drop(entry);
    journal.erase(entry.command.commandId);
  };

  const accept = (entry: Entry, ack: Ack): void => {
    if (isClosed || entries.get(entry.command.commandId) !== entry) return;
    patience.took();
    scope.batch(() => {
      remove(entry);
      entry.advance("acked");
      options.onAck(ack);
      changed(entry);
      entry.end({ ack });
      goOn(entry);
    });
  };

  /** Parked: out of its lane, visible, keeping what the person wrote (D6, D7). */
  const park = (entry: Entry, error: MessagingError, kept?: Promise<void>): void => {
    const run = runs.of(entry.command.conversationId);
    run.lane = settle(run.lane, entry);
    move(entry, "rejected", error);
    const end = (): void => entry.end({ error });
    if (kept) void kept.then(end, end);
    else end();
    goOn(entry);
  };

  /** Nobody is told that it is over before a later life would know (D6). */
  const reject = (entry: Entry, error: MessagingError): void => {
    const { code, message } = error;
    entry.refused = { code, message };
    park(entry, error, journal.record(entry));
  };

  const refuse = (entry: Entry, error: MessagingError, on: Link): void => {
    const { commandId, conversationId } = entry.command;
    const run = runs.of(conversationId);
    if (isClosed || entries.get(commandId) !== entry) return;
    const poison = suspects.blame(entry, error);
    if (poison && entry.status !== "failed") return scope.batch(() => park(entry, poison));
    if (!run.lane.flying.has(entry)) return;
    // All that was out came back when its link went; a late word of that link is not about the attempt that is out now.
    if (error.retryable && on !== link) return;
    scope.batch(() => {
      if (!error.retryable) return reject(entry, error);
      const isHead = isFirst(run.lane, entry);
      run.lane = comeBack(run.lane, entry);
      move(entry, "lost", error);
      if (error.code === "connection/lost") return; // a new link will pump
      if (isHead) waitAfter(entry, error);
      goOn(entry);
    });
  };

  /** Only the first of a lane decides how long to wait; those behind it were refused because it was. */
  const waitAfter = (entry: Entry, error: MessagingError): void => {
    const { conversationId } = entry.command;
    const { code, retryAfterMs = 0 } = error;
    if (code === "rate/limited") limiter.penalise(conversationId, retryAfterMs);
    const waitMs = patience.refused(entry, error);
    if (waitMs === undefined) return park(entry, gaveUp(entry.refusals, error));
    runs.pause(conversationId, waitMs);
  };

  const keepPlace = (entry: Entry): void => {
    journal.record(entry).catch(() => {}); // it is on storage, in another place than it has now
  };

  const lineUp = (entry: Entry): void => {
    // What the gate holds is in no lane, and so holds up nobody.
    if (entry.status !== "queued" || gate?.isHeld(entry.command)) return;
    const run = runs.of(entry.command.conversationId);
    run.lane = add(run.lane, entry);
  };

  /** @param instead - what it takes the place of: erased only then, or a crash would take what the person wrote (D1). */
  const enqueue = (entry: Entry, instead = entry.command.commandId): void => {
    const { commandId, conversationId } = entry.command;
    entries.set(commandId, entry);
    turns.giveTo(entry);
    lineUp(entry);
    changed(entry);
    expiry.watch(entry);
    if (entry.isStored) {
      keepPlace(entry);
      return pump(conversationId);
    }
    entry.stored = journal.record(entry, gate?.stored(entry.command)).then(
      () => {
        entry.isStored = true;
        if (instead !== commandId) journal.erase(instead);
        pump(conversationId);
      },
      (cause: unknown) => {
        const error = toMessagingError(cause, "storage/failed");
        if (entries.get(commandId) === entry) park(entry, error);
        throw error;
      },
    );
    entry.stored.catch(() => {}); // told to whoever asks for it
  };

  return {
    ...{ view, find: (commandId: string) => entries.get(commandId), all: () => [...entries.values()] },
    add(command, expiresAtMs) {
      if (entries.size >= options.maxEntries) throw full();
      const entry = new Entry(command, expiresAtMs);
      scope.batch(() => enqueue(entry));
      return entry;
    },
    restore(commands) {
      // Storage has what this life gave it meanwhile, too.
      const unknown = commands.filter(({ command }) => !entries.has(command.commandId));
      const later = [...entries.values()];
      entries.clear();
      const restored = unknown.map(Entry.restored);
      const overtaken = turns.putFirst(restored, later);
      for (const entry of restored) entries.set(entry.command.commandId, entry);
      restored.forEach(lineUp);
      for (const entry of later) entries.set(entry.command.commandId, entry);
      overtaken.forEach(keepPlace);
      scope.batch(() => restored.forEach(changed));
      restored.forEach(expiry.watch);
      runs.ids().forEach(pump);
    },
    retry(commandId) {
      const entry = entries.get(commandId);
      if (entry?.status !== "failed") return undefined;
      return scope.batch(() => {
        let again = entry;
        if (entry.refused) {
          drop(entry);
          move(entry, "cancel");
          again = new Entry({ ...entry.command, commandId: options.nextId() });
        } else entry.advance("retry"); // without an end: who asks again knows what time it is
        enqueue(again, commandId);
        return again;
      });
    },
    cancel(commandId) {
      const entry = entries.get(commandId);
      if (!entry || (entry.status !== "queued" && entry.status !== "failed")) return false;
      scope.batch(() => {
        remove(entry);
        move(entry, "cancel");
        entry.end({ error: cancelled() });
        goOn(entry);
      });
      return true;
    },
    keep(newGate) {
      gate = newGate;
      return {
        release() {
          entries.forEach(lineUp);
          runs.ids().forEach(pump);
        },
        park(commandId, error, isForGood) {
          const entry = entries.get(commandId);
          if (entry?.status !== "queued") return;
          scope.batch(() =>
            (isForGood ? reject : park)(entry, entry.attempts && isForGood ? cancelled() : error),
          );
        },
      };
    },
    confirm(ack) {
      const entry = entries.get(ack.commandId);
      if (entry) accept(entry, ack);
    },
    use(newLink) {
      link = newLink;
      watchdog.restart();
      for (const conversationId of runs.ids()) {
        const run = runs.of(conversationId);
        for (const entry of run.lane.flying) {
          run.lane = comeBack(run.lane, entry);
          move(entry, "lost");
        }
        pump(conversationId);
      }
    },
    forget(gone) {
      for (const entry of gone.filter((each) => entries.get(each.command.commandId) === each)) {
        drop(entry);
        suspects.clear(entry);
        options.onEntry({ ...entry.shown, status: "cancelled" });
        entry.end({ error: anothers() });
      }
      view.invalidate();
      runs.ids().forEach(pump);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      link = undefined;
      watchdog.restart();
      runs.close();
      expiry.close();
      const error = closed();
      for (const entry of entries.values()) if (entry.status !== "failed") entry.end({ error });
    },
  };
}
