import type { Cancel, Clock } from "../base/clock.ts";
import type { Cell, Scope } from "../base/observable.ts";
import type { Writer } from "../outbox/writer.ts";
import type { Storage, StorageKey, StorageOperation } from "../ports/storage.ts";

/** What stands in the composers of one user, kept over reloads. */
export interface Drafts {
  of(conversationId: string): Cell<string>;
  /** Told of what the person writes here, and not of what is put there. */
  readonly typed: Set<(conversationId: string) => void>;
  /** What was written on another device. */
  put(conversationId: string, text: string): void;
  /** Resolves once what an earlier life left has been put back. */
  readonly restored: Promise<void>;
  /** Puts back what an earlier life left, where nothing new was written meanwhile. */
  restore(): Promise<void>;
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
  const changed = new Set<string>();
  const typed: Drafts["typed"] = new Set();
  let onRestored = (): void => {};
  const restored = new Promise<void>((resolve) => (onRestored = resolve));
  let timer: Cancel | undefined;
  let isClosed = false;

  const keyOf = (...parts: readonly string[]): StorageKey => ["draft", userId(), ...parts];

  const cellOf = (conversationId: string): Cell<string> => {
    let cell = cells.get(conversationId);
    if (!cell) cells.set(conversationId, (cell = scope.cell("")));
    return cell;
  };

  const flush = (): void => {
    timer?.();
    timer = undefined;
    const operations = [...changed].map((conversationId): StorageOperation => {
      const value = cellOf(conversationId).get();
      const key = keyOf(conversationId);
      return value === "" ? { type: "delete", key } : { type: "put", key, value };
    });
    changed.clear();
    if (operations.length > 0) writer.write(operations).catch(() => {}); // no more than was typed is lost, and it shows
  };

  const put: Drafts["put"] = (conversationId, text) => {
    cellOf(conversationId).set(text);
    changed.add(conversationId);
    if (!isClosed) timer ??= clock.after(GATHER_MS, flush);
  };

  return {
    ...{ put, typed, restored },
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
      const found = await storage.scan({ prefix: keyOf() });
      scope.batch(() => {
        for (const [id] of cells) if (!changed.has(id)) cellOf(id).set(""); // another user's
        for (const [key, text] of found) {
          const id = key.at(-1) ?? "";
          if (typeof text === "string" && !changed.has(id)) cellOf(id).set(text);
        }
      });
      onRestored();
    },
    close() {
      isClosed = true;
      flush();
    },
  };
}
