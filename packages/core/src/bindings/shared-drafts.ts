import type { Cancel } from "../base/clock.ts";
import type { Observable } from "../base/observable.ts";
import type { Core } from "../client/core.ts";
import type { Sent } from "../client/types.ts";
import { noteIdOf, type NoteRecord, type NoteSubject, type NoteValue } from "../protocol/notes.ts";

export interface SharedDraftsOptions {
  readonly core: Core;
  readonly notes: Observable<readonly NoteRecord[]>;
  readonly put: (subject: NoteSubject, value?: NoteValue) => Promise<Sent>;
  /** As the backend has them, by id. */
  readonly confirmed: () => ReadonlyMap<string, NoteRecord> | undefined;
}

/** A draft on its way between here and the other devices. */
interface Shared {
  /** What was here when both sides last agreed. */
  agreed: string;
  /** The revision of the note that was looked at last. */
  rev: number;
  typedAt: number;
  /** It was refused: until then only what is typed here sends it again. */
  restsUntil: number;
  isOut: boolean;
  timer: Cancel | undefined;
}

/** What is being written goes out at most this often. */
const EVERY_MS = 2_000;
/** What was refused, or could not be kept here, is tried again after so long, and not because something else has changed. */
const REFUSED_MS = 30_000;
/** Who has written nothing for so long does not write any more: what other devices say may take the place of it. */
const QUIET_MS = 5_000;

/**
 * Keeps what stands in the composers alike on all devices of a person. What is written here goes out as a note, one at a
 * time, the newest text when the one before has been answered, so that nothing piles up offline. What comes from another
 * device is put here only where nothing was written since both agreed, and nobody is writing: else what is here goes out
 * in its turn, and the last one counts by the order of the backend.
 */
export function shareDrafts({ core, notes, put, confirmed }: SharedDraftsOptions): void {
  const { clock, limits, isClosed } = core;
  const { drafts } = core.keeper;
  const all = new Map<string, Shared>();

  const sharedOf = (conversationId: string): Shared => {
    const known = all.get(conversationId);
    if (known) return known;
    const fresh = { agreed: "", rev: 0, typedAt: -Infinity, restsUntil: 0, isOut: false, timer: undefined };
    all.set(conversationId, fresh);
    return fresh;
  };

  const later = (conversationId: string, delayMs: number): void => {
    const shared = sharedOf(conversationId);
    shared.timer ??= clock.after(delayMs, () => {
      shared.timer = undefined;
      tend(conversationId);
    });
  };

  const send = async (conversationId: string, shared: Shared, text: string): Promise<void> => {
    const subject: NoteSubject = { kind: "draft", conversationId };
    shared.isOut = true;
    let id = "";
    try {
      const sent = await put(subject, text === "" ? undefined : { text });
      ({ id } = sent);
      const { changes } = await sent.settled();
      shared.agreed = text;
      shared.rev = changes.at(-1)?.rev ?? shared.rev;
    } catch {
      shared.restsUntil = clock.now() + REFUSED_MS;
      core.outbox.cancel(id); // nobody has to be told: what was written is still here
    }
    shared.isOut = false;
    if (drafts.of(conversationId).get() !== shared.agreed) later(conversationId, EVERY_MS);
  };

  const tend = (conversationId: string): void => {
    const user = core.userId();
    if (user === undefined || user !== drafts.owner.get() || isClosed() || !limits().notes) return;
    const shared = sharedOf(conversationId);
    if (shared.isOut) return;
    const text = drafts.of(conversationId).get();
    const note = confirmed()?.get(noteIdOf({ kind: "draft", conversationId }));
    const theirs = note?.value?.text ?? "";
    const isNews = note !== undefined && note.rev !== shared.rev;
    if (isNews && text === shared.agreed && text !== theirs) {
      drafts.keep(conversationId, theirs);
      const quietMs = clock.now() - shared.typedAt;
      if (quietMs < QUIET_MS) return later(conversationId, QUIET_MS - quietMs);
      drafts.put(conversationId, theirs);
    }
    shared.rev = note?.rev ?? shared.rev;
    if (isNews && drafts.of(conversationId).get() === theirs) shared.agreed = theirs;
    else if (text === theirs) return;
    else if (clock.now() < shared.restsUntil) later(conversationId, EVERY_MS);
    else void send(conversationId, shared, text);
  };

  const tendAll = (): void => {
    for (const { subject } of confirmed()?.values() ?? []) {
      if (subject.kind === "draft") tend(subject.conversationId);
    }
  };

  drafts.typed.add((conversationId) => {
    Object.assign(sharedOf(conversationId), { typedAt: clock.now(), restsUntil: 0 });
    later(conversationId, EVERY_MS);
  });
  notes.subscribe(tendAll);
  drafts.owner.subscribe((user) => {
    if (user === undefined) {
      for (const { timer } of all.values()) timer?.();
      return all.clear(); // nothing of it is about the next one
    }
    for (const id of all.keys()) tend(id);
    tendAll();
  });
  tendAll();
}
