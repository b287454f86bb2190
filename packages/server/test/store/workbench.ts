import type { ApplyContext } from "@tidings/core/domain";
import {
  type Ack,
  type Command,
  defaultPolicy,
  type QueryResults,
  type RecordQuery,
} from "@tidings/core/protocol";
import { parseResult } from "@tidings/core/protocol";
import type { Outcome, Refusal, Store, Submission } from "../../src/store/store.ts";
import { type Draft, newId } from "../support/raw-client.ts";

/** Opens an empty store, or again the one `reopen` closed. */
export interface StoreFactory {
  open(): Promise<Store>;
  /** The same data, as after a restart. */
  reopen(store: Store): Promise<Store>;
}

/** Takes commands by whoever, at a time that moves on by itself. */
export class Workbench {
  store: Store;
  at = 1_000_000;

  constructor(store: Store) {
    this.store = store;
  }

  submission(actorId: string, draft: Draft, context: Partial<ApplyContext> = {}): Submission {
    this.at += 1;
    const command = { commandId: newId(), at: this.at, ...draft } as Command;
    return { command, context: { actorId, at: this.at, limits: defaultPolicy.limits, ...context } };
  }

  commit(...items: readonly Submission[]): Promise<readonly Outcome[]> {
    return this.store.commit(items, () => undefined);
  }

  async outcome(item: Submission): Promise<Outcome> {
    const [outcome] = await this.commit(item);
    if (!outcome) throw new Error("no outcome");
    return outcome;
  }

  async accepted(actorId: string, draft: Draft, context?: Partial<ApplyContext>): Promise<Ack> {
    const outcome = await this.outcome(this.submission(actorId, draft, context));
    if (outcome.ok) return outcome.ack;
    throw new Error(`refused: ${outcome.code} ${outcome.message}`);
  }

  async refused(actorId: string, draft: Draft): Promise<Refusal> {
    const outcome = await this.outcome(this.submission(actorId, draft));
    if (!outcome.ok) return outcome;
    throw new Error("accepted");
  }

  async query<Type extends RecordQuery["type"]>(
    readerId: string,
    query: RecordQuery & { readonly type: Type },
  ): Promise<QueryResults[Type]> {
    const answer = await this.store.query(readerId, query);
    if (answer.ok) return parseResult(query.type, structuredClone(answer.result));
    throw new Error(`refused: ${answer.code} ${answer.message}`);
  }

  async refusal(readerId: string, query: RecordQuery): Promise<Refusal> {
    const answer = await this.store.query(readerId, query);
    if (!answer.ok) return answer;
    throw new Error("answered");
  }

  /** A group of `owner` and `others`. */
  async group(conversationId: string, owner: string, ...others: readonly string[]): Promise<Ack> {
    const participants = others.map((userId) => ({ userId }));
    return this.accepted(owner, { type: "conversation.create", conversationId, kind: "group", participants });
  }

  /** Messages with the word "gone": deleted, edited, of an erased user, and no longer kept. None of it may be left. */
  async goneInEveryWay(): Promise<void> {
    await this.group("gone", "ada", "bob");
    const on = { conversationId: "gone" } as const;
    const messageId = await this.said("ada", "gone", "gone with time");
    await this.accepted("ada", { type: "message.pin", messageId, ...on });
    const deleted = await this.said("ada", "gone", "gone by deletion");
    const edited = await this.said("ada", "gone", "gone by edit");
    await this.said("bob", "gone", "gone with who said it");
    const { items } = await this.query("ada", { type: "search", text: "gone", limit: 9 });
    if (items.length !== 4) throw new Error(`unable to find the words that are to go; ${items.length} of 4`);
    await this.accepted("ada", { type: "message.delete", messageId: deleted, ...on });
    await this.accepted("ada", { type: "message.edit", messageId: edited, content: { text: "kept" }, ...on });
    await this.store.upkeep?.forget("bob", this.at);
    await this.store.upkeep?.prune({ now: 0, before: 0, newest: 3, rememberedSince: 0 });
  }

  /** The id of a message said. */
  async said(actorId: string, conversationId: string, text: string): Promise<string> {
    const { commandId } = await this.accepted(actorId, {
      type: "message.send",
      conversationId,
      kind: "text",
      content: { text },
    });
    return commandId;
  }
}
