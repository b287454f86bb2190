import { entryOf } from "../errors/codes.ts";
import type { CloseReason } from "../ports/transport.ts";
import type { Archive } from "./archive.ts";
import type { CommandFaults, CutOptions, MemoryFaults } from "./faults.ts";
import type { Hub } from "./hub.ts";
import type { Session } from "./session.ts";
import type { State } from "./state.ts";

export interface MishapsOptions {
  readonly state: State;
  readonly hub: Hub;
  readonly end: (session: Session, reason: CloseReason) => void;
  readonly newId: () => string;
}

/** The faults of links and of the backend itself. */
export function createMishaps({
  state,
  hub,
  end,
  newId,
}: MishapsOptions): Omit<MemoryFaults, keyof CommandFaults> {
  let saved: Archive | undefined;

  const cut = ({ userId, code = "connection/lost", ...when }: CutOptions = {}): void => {
    const reason = { code, retryable: entryOf(code).retryable, ...when };
    for (const session of [...hub.sessions]) {
      if (userId === undefined || session.userId === userId) end(session, reason);
    }
  };

  return {
    cut,
    delay: (delayMs) => void (state.delayMs = delayMs),
    offline(isOffline) {
      state.isOffline = isOffline;
      if (isOffline) cut();
    },
    backup: () => void (saved = state.archive.copy()),
    restore() {
      if (saved) state.archive = saved.copy();
      state.epoch = newId();
      cut();
    },
    prune({ conversationId, keepMessages = Infinity } = {}) {
      for (const store of state.archive.stores()) {
        const { head } = store;
        if (conversationId !== undefined && head.conversationId !== conversationId) continue;
        store.prune(head.seq - keepMessages + 1);
      }
    },
  };
}
