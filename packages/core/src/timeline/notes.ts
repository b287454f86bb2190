import { noteIdOf, type NoteRecord } from "../protocol/notes.ts";

/** What the backend has said of the notes in a notebook. */
export interface Notes {
  /** By `noteIdOf` their subjects. */
  readonly byId: ReadonlyMap<string, NoteRecord>;
  /** All there are are here, and not only those that were heard of. */
  readonly isWhole: boolean;
  absorb(note: NoteRecord): void;
  /** Whatever is here may have changed unseen. */
  restart(): void;
  /** These are all there were at `asOf`. */
  replace(items: readonly NoteRecord[], asOf: number): void;
}

export function createNotes(): Notes {
  const byId = new Map<string, NoteRecord>();
  let isWhole = false;

  const absorb = (note: NoteRecord): void => {
    const id = noteIdOf(note.subject);
    if (note.rev > (byId.get(id)?.rev ?? 0)) byId.set(id, note);
  };

  return {
    byId,
    get isWhole() {
      return isWhole;
    },
    absorb,
    restart: () => void (isWhole = false),
    replace(items, asOf) {
      for (const [id, { rev }] of byId) if (rev <= asOf) byId.delete(id);
      items.forEach(absorb);
      isWhole = true;
    },
  };
}
