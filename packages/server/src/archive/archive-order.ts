import { isNotebook, noteIdOf, ownerOf } from "@tidings/core/protocol";
import { archiveError } from "../store/archive-error.ts";
import type { ConversationLine, MessageLine } from "../store/archive.ts";
import type { ArchiveLine, BytesLine, FilePlace, HeaderLine } from "./lines.ts";
import { MessageCounts } from "./message-counts.ts";
import { Revisions } from "./revisions.ts";

interface Opened {
  readonly line: ConversationLine;
  /** Of those that are of one kind for one person, or one subject. */
  readonly seen: Set<string>;
  readonly revisions: Revisions;
  readonly counts: MessageCounts;
  seq: number;
  sentRev: number;
}

/**
 * The order lines come in, and what each has to be for those before it. Beside who is in one conversation,
 * a bit for each revision, what was put on its last messages, and ids of cases, it remembers nothing.
 */
export class ArchiveOrder {
  #header: HeaderLine | undefined;
  #opened: Opened | undefined;
  #conversations = 0;
  #file: { readonly fileId: string; size: number } | undefined;
  #isBehind = false;
  readonly #cases = new Set<string>();

  /** @throws {MessagingError} `archive/malformed` */
  take(line: ArchiveLine, number: number): void {
    const wrong = this.#fault(line);
    if (wrong !== undefined) throw archiveError("archive/malformed", wrong, number);
  }

  get files(): FilePlace {
    return this.#header?.files ?? "none";
  }

  get messages(): number {
    return this.#header?.messages ?? 0;
  }

  #fault(line: ArchiveLine): string | undefined {
    if (!this.#header) return this.#begin(line);
    if (this.#file && line.type !== "bytes" && line.type !== "file") return "the line of the file is missing";
    const astray = this.#astray(line);
    if (astray !== undefined) return astray;
    switch (line.type) {
      case "header":
        return "a second header";
      case "conversation":
        return this.#isBehind ? "a conversation behind files, devices, answers or the log" : this.#open(line);
      case "participant":
      case "receipt":
      case "note":
        return this.#ofOne(line);
      case "message":
        return this.#message(line);
      case "version":
        return this.#opened ? this.#opened.counts.version(line) : "there is no conversation before it";
      case "reaction":
      case "vote":
        return this.#opened ? this.#opened.counts.mark(line) : "there is no conversation before it";
      case "bytes":
        return this.#close() ?? this.#bytes(line);
      case "file": {
        const isInline = line.sha256 !== undefined && this.files === "inline";
        if (isInline && line.size !== (this.#file?.size ?? 0)) return "its bytes are not as many as it says";
        if (this.#file && this.#file.fileId !== line.fileId) return "the bytes before it are of another file";
        if (this.files === "none" && line.sha256 !== undefined) return "the header says there are no files";
        this.#file = undefined;
        return this.#close();
      }
      case "case":
        this.#cases.add(line.caseId);
        return this.#close();
      case "flag":
        return this.#cases.has(line.caseId) ? undefined : "its case does not stand before it";
      case "device":
      case "answer":
      case "audit":
      case "end":
        return this.#close();
    }
  }

  /** What is about people, or about other conversations, has no place where there is one only. */
  #astray(line: ArchiveLine): string | undefined {
    const scope = this.#header?.scope;
    if (scope?.of !== "conversation") return undefined;
    if (line.type === "device") return "the header says it is of a conversation, which has no devices";
    const isAbout = line.type === "case" || line.type === "answer" || line.type === "audit";
    return isAbout && line.conversationId !== scope.conversationId
      ? "the header says there is another conversation only"
      : undefined;
  }

  #begin(line: ArchiveLine): string | undefined {
    if (line.type !== "header") return "there is no header before it";
    const { of } = line.scope;
    if (of !== "server" && of !== "conversation")
      return "this is what one person may see; only the export of a server, or by a server of a conversation, can be taken in";
    this.#header = line;
    return undefined;
  }

  #open(line: ConversationLine): string | undefined {
    const scope = this.#header?.scope;
    const closed = this.#closeConversation();
    if (closed !== undefined) return closed;
    this.#conversations += 1;
    if (
      scope?.of === "conversation" &&
      (this.#conversations > 1 || scope.conversationId !== line.conversationId)
    )
      return "the header says there is another conversation only";
    if (isNotebook(line.conversationId) !== (line.kind === "notebook"))
      return "a notebook's id begins with ~/";
    if (line.rev > line.head.rev || line.rev === 0) return "rev is not one of the conversation's";
    const [revisions, counts] = [new Revisions(), new MessageCounts()];
    revisions.give(line.rev);
    this.#opened = { line, seen: new Set(), revisions, counts, seq: 0, sentRev: 0 };
    return undefined;
  }

  #ofOne(line: Extract<ArchiveLine, { type: "participant" | "receipt" | "note" }>): string | undefined {
    const opened = this.#opened;
    if (opened?.line.conversationId !== line.conversationId)
      return "its conversation does not stand before it";
    const { head, conversationId } = opened.line;
    const which = line.type === "note" ? noteIdOf(line.subject) : line.userId;
    if (opened.seen.has(`${line.type} ${which}`)) return `there is a second ${line.type} for ${which}`;
    opened.seen.add(`${line.type} ${which}`);
    if (line.type === "receipt")
      return line.deliveredSeq > head.seq || line.readSeq > line.deliveredSeq
        ? "it is beyond what there is"
        : undefined;
    const owner = ownerOf(conversationId);
    if (line.type === "participant" && owner !== undefined && owner !== line.userId)
      return "a notebook is its owner's only";
    if (line.type === "note" && owner === undefined) return "notes stand in notebooks only";
    if (line.rev > head.rev || line.rev === 0) return "rev is not one of the conversation's";
    return opened.revisions.give(line.rev) ? undefined : taken(line.rev);
  }

  #message(line: MessageLine): string | undefined {
    const { conversationId, seq, rev, sentRev = rev } = line;
    const opened = this.#opened;
    if (opened?.line.conversationId !== conversationId) return "its conversation does not stand before it";
    const { head } = opened.line;
    if (isNotebook(conversationId)) return "there are no messages in a notebook";
    if (seq === 0 || (opened.seq > 0 && seq !== opened.seq + 1))
      return `seq is ${seq}, where ${opened.seq + 1} would follow`;
    if (sentRev <= opened.sentRev || sentRev > rev || rev > head.rev || seq > head.seq)
      return "rev, sentRev or seq is not one that can follow here";
    opened.seq = seq;
    opened.sentRev = sentRev;
    const twice = [...new Set([sentRev, rev])].find((each) => !opened.revisions.give(each));
    return twice === undefined ? opened.counts.message(line) : taken(twice);
  }

  #bytes({ fileId, at, data }: BytesLine): string | undefined {
    if (this.files !== "inline") return "the header says that no bytes are in it";
    this.#file ??= { fileId, size: 0 };
    if (this.#file.fileId !== fileId || this.#file.size !== at)
      return "it does not go on where the bytes before it end";
    this.#file.size += Buffer.byteLength(data, "base64");
    return undefined;
  }

  /** From here on there are no conversations. */
  #close(): string | undefined {
    const fault = this.#closeConversation();
    this.#isBehind = true;
    if (fault !== undefined) return fault;
    const isMissing = this.#header?.scope.of === "conversation" && this.#conversations === 0;
    return isMissing ? "there is no conversation before it" : undefined;
  }

  #closeConversation(): string | undefined {
    const opened = this.#opened;
    this.#opened = undefined;
    if (!opened) return undefined;
    const { head, floorSeq, status } = opened.line;
    const mayBeEmpty = head.seq === 0 || floorSeq !== undefined || status === "deleted";
    const isShort = opened.seq === 0 ? !mayBeEmpty : opened.seq !== head.seq;
    return isShort ? `messages are missing before it: there are up to ${head.seq}` : opened.counts.close();
  }
}

function taken(rev: number): string {
  return `the revision ${rev} was given before it`;
}
