import type { Cancel, Clock } from "../base/clock.ts";
import type { Cell, Observable, Scope } from "../base/observable.ts";
import type { Writer } from "../outbox/writer.ts";
import type { Storage, StorageKey, StorageOperation } from "../ports/storage.ts";

/** What stands in the composers of one user, kept over reloads. */
export interface Drafts {
  of(conversationId: string): Cell<string>;
  /** Told of what the person writes here, and not of what is put there. */
  readonly typed: Set<(conversationId: string) => void>;
  /** What was written on another device. */
  put(conversationId: string, text: string): void;
  /** The same, for the next life to show: here it is not the time for it. */
  keep(conversationId: string, text: string): void;
  /** Whose these are, once what an earlier life left of them has been put back. */
  readonly owner: Observable<string | undefined>;
  /** Puts back what an earlier life left, where nothing new was written meanwhile. */
  restore(): Promise<void>;
  /** The user is another than before, who keeps what they were writing; what was written before anybody was known is theirs. */
  turn(before: string | undefined): void;
  close(): void;
}

export interface DraftsOptions {
  readonly clock: Clock;
  readonly scope: Scope;
  readonly storage: Storage;
  readonly writer: Writer;
  readonly userId: () => string;
}

/** Keystrokes are written together. */
const GATHER_MS = 300;

export function createDrafts({ clock, scope, storage, writer, userId }: DraftsOptions): Drafts {
  const cells = new Map<string, Cell<string>>();
  /** Not on storage yet. */
  const changed = new Set<string>();
  /** In this life, by whoever is there. */
  const written = new Set<string>();
  const typed: Drafts["typed"] = new Set();
  const owner = scope.cell<string | undefined>(undefined);
  let timer: Cancel | undefined;
  let isClosed = false;

  const cellOf = (conversationId: string): Cell<string> => {
    let cell = cells.get(conversationId);
    if (!cell) cells.set(conversationId, (cell = scope.cell("")));
    return cell;
  };

  const write = (operations: readonly StorageOperation[]): void => {
    if (operations.length > 0) writer.write(operations).catch(() => {}); // no more than was typed is lost, and it shows
  };

  const flush = (user = userId()): void => {
    timer?.();
    timer = undefined;
    write([...changed].map((id) => stored(user, id, cellOf(id).get())));
    changed.clear();
  };

  const gather = (conversationId: string): void => {
    changed.add(conversationId);
    if (!isClosed) timer ??= clock.after(GATHER_MS, () => flush());
  };

  const put: Drafts["put"] = (conversationId, text) => {
    cellOf(conversationId).set(text);
    written.add(conversationId);
    gather(conversationId);
  };

  return {
    ...{ put, typed, owner },
    keep: (conversationId, text) => write([stored(userId(), conversationId, text)]),
    of(conversationId) {
      return {
        ...cellOf(conversationId),
        set(text) {
          put(conversationId, text);
          for (const tell of typed) tell(conversationId);
        },
      };
    },
    async restore() {
      const user = userId();
      const found = await storage.scan({ prefix: keyOf(user) });
      if (user !== userId()) return; // another one is there meanwhile
      scope.batch(() => {
        for (const [key, text] of found) {
          const id = key.at(-1) ?? "";
          if (typeof text === "string" && !written.has(id)) cellOf(id).set(text);
        }
        if (user !== "") owner.set(user);
      });
    },
    turn(before) {
      if (before === undefined) {
        write([...written].map((id) => stored("", id, "")));
        return written.forEach(gather);
      }
      flush(before);
      written.clear();
      owner.set(undefined);
      for (const cell of cells.values()) cell.set("");
    },
    close() {
      isClosed = true;
      flush();
    },
  };
}

function keyOf(user: string, ...parts: readonly string[]): StorageKey {
  return ["draft", user, ...parts];
}

function stored(user: string, conversationId: string, value: string): StorageOperation {
  const key = keyOf(user, conversationId);
  return value === "" ? { type: "delete", key } : { type: "put", key, value };
}
