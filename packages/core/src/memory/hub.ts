import { isIn } from "../domain/standing.ts";
import type { Accepted } from "../domain/types.ts";
import type { LinkEvent } from "../ports/transport.ts";
import type { ConversationStore } from "./conversation-store.ts";
import type { Mischief } from "./faults.ts";
import type { Session } from "./session.ts";

/** The open links, and who of them hears of what (D8). */
export class Hub {
  readonly sessions: Set<Session> = new Set();
  readonly #mischief: Mischief;

  constructor(mischief: Mischief) {
    this.#mischief = mischief;
  }

  push(session: Session, event: LinkEvent): void {
    this.#mischief.push(event, session.userId, () => session.push(event));
  }

  /** @returns was this the user's last link? */
  remove(session: Session): boolean {
    this.sessions.delete(session);
    return ![...this.sessions].some(({ userId }) => userId === session.userId);
  }

  /**
   * Commits, and tells every link but the one that asked. Whoever comes in by it is told, and so is whoever goes out:
   * that is how they learn of it.
   *
   * @param areApart - are these two to hear nothing of how far the other has read?
   */
  publish(
    store: ConversationStore,
    accepted: Accepted,
    commit: () => void,
    origin: Session | undefined,
    areApart: (oneId: string, otherId: string) => boolean,
  ): void {
    const mayHear = ({ userId }: Session): boolean => isIn(store.participant(userId));
    const before = new Set([...this.sessions].filter(mayHear));
    commit();
    const { changes, receipt } = accepted;
    for (const session of this.sessions) {
      const isTold = session === origin && !this.#mischief.echoes();
      if (isTold || !(before.has(session) || mayHear(session))) continue;
      for (const change of changes) this.push(session, { type: "change", change });
      const isShared = store.conversation?.settings.receipts !== false;
      const isOwn = receipt?.userId === session.userId;
      if (receipt && (isOwn || (isShared && !areApart(session.userId, receipt.userId)))) {
        this.push(session, { type: "receipt", receipt });
      }
    }
  }
}
