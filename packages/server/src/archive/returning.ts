import { isIn } from "@tidings/core/domain";
import { ownerOf } from "@tidings/core/protocol";
import { BoundedMap } from "../bounded-map.ts";
import type { ConversationLine, MarkLine, RowLine } from "../store/archive.ts";
import type { Erasures } from "../store/erasures.ts";

/** What is known of people who must not come back with an archive; where nobody is there is nothing to leave out. */
export interface Returning {
  readonly people: ReadonlySet<string>;
  /** What they put on messages, by those: a message tells of it before it comes. */
  readonly marks: ReadonlyMap<string, readonly MarkLine[]>;
  /** Who leads a conversation that nobody else does, by those: it is as with `participant/last-owner`. */
  readonly leaders: ReadonlyMap<string, string>;
}

/** Asked about at most so often. */
const REMEMBERED = 10_000;

/** Looks through an archive, once from end to end, for people who were erased here after it was made. */
export class ReturningSearch {
  readonly #erasures: Erasures | undefined;
  readonly #known = new BoundedMap<string, boolean>(REMEMBERED);
  readonly #people = new Set<string>();
  readonly #marks = new Map<string, MarkLine[]>();
  readonly #leaders = new Map<string, string>();
  #opened: { readonly line: ConversationLine; owners: number; readonly gone: string[] } | undefined;

  constructor(erasures: Erasures | undefined) {
    this.#erasures = erasures;
  }

  /** @param madeAt - when the archive was, ms. */
  async look(lines: readonly RowLine[], madeAt: number): Promise<void> {
    if (!this.#erasures) return;
    await this.#ask(this.#erasures, new Set(lines.flatMap(peopleOf)), madeAt);
    for (const line of lines) this.#note(line);
  }

  /** Behind the last line. */
  get found(): Returning {
    this.#close();
    return { people: this.#people, marks: this.#marks, leaders: this.#leaders };
  }

  async #ask(erasures: Erasures, userIds: ReadonlySet<string>, madeAt: number): Promise<void> {
    const asked = [...userIds].filter((userId) => this.#known.get(userId) === undefined);
    const answers = await Promise.all(asked.map((userId) => erasures.of(userId)));
    for (const [index, userId] of asked.entries()) {
      const isErased = (answers[index] ?? -1) >= madeAt;
      this.#known.set(userId, isErased);
      if (isErased) this.#people.add(userId);
    }
  }

  #note(line: RowLine): void {
    if (line.type === "conversation") {
      this.#close();
      this.#opened = { line, owners: 0, gone: [] };
    } else if (line.type === "participant" && line.role === "owner" && isIn(line) && this.#opened) {
      this.#opened.owners += 1;
      if (this.#people.has(line.userId)) this.#opened.gone.push(line.userId);
    } else if ((line.type === "reaction" || line.type === "vote") && this.#people.has(line.userId)) {
      this.#marks.set(line.messageId, [...(this.#marks.get(line.messageId) ?? []), line]);
    }
  }

  #close(): void {
    const { line, owners = 0, gone = [] } = this.#opened ?? {};
    const last = gone.at(-1);
    if (line && last !== undefined && gone.length === owners) this.#leaders.set(line.conversationId, last);
    this.#opened = undefined;
  }
}

/** Whose a line is, or who is named in it as nobody is any more who was erased. */
function peopleOf(line: RowLine): readonly string[] {
  switch (line.type) {
    case "conversation": {
      const owner = ownerOf(line.conversationId);
      return owner === undefined ? [] : [owner];
    }
    case "message":
      return line.origin ? [line.authorId, line.origin.authorId] : [line.authorId];
    case "file":
      return [line.ownerId];
    case "case":
      return line.decidedBy === undefined ? [line.userId] : [line.userId, line.decidedBy];
    case "flag":
      return [line.reporterId];
    case "audit":
      return line.subject === undefined ? [line.actorId] : [line.actorId, line.subject];
    case "participant":
    case "receipt":
    case "reaction":
    case "vote":
    case "device":
    case "answer":
      return [line.userId];
    case "version":
    case "note":
      return [];
  }
}
