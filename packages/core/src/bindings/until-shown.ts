import type { Observable } from "../base/observable.ts";
import type { Client } from "../client/types.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import type { ConnectionName } from "../connection/machine.ts";
import type { TimelineView } from "../timeline/view.ts";

/** A link may still come by itself, and soon. */
const HOPEFUL: readonly ConnectionName[] = ["idle", "connecting", "online"];

/** By conversation handle or, for the list, by client: whoever asks again waits for the same. */
const waits = new WeakMap<object, Promise<void>>();

/**
 * Resolves once there is something to show of a conversation: its first messages, that it has none, that one is not in
 * it; or that there is no link, so that nothing more will come for now. `undefined` if that is so already. Never rejects;
 * the same promise for as long as it waits. A client that nobody connects waits for ever.
 */
export function untilShown<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  conversationId: string,
): Promise<void> | undefined {
  const conversation = client.conversation(conversationId);
  return until(conversation, client, conversation.timeline, () => {
    const {
      items,
      complete,
      absent,
    }: Pick<TimelineView<unknown>, "items" | "complete" | "absent"> = conversation.timeline.get();
    return items.length > 0 || complete || absent;
  });
}

/** As `untilShown`, of the list of conversations: some that are known from before, or what the backend says there are. */
export function untilListed<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
): Promise<void> | undefined {
  const { conversations, listed } = client;
  return until(client, client, listed, () => conversations.get().length > 0 || listed.get());
}

function until(
  key: object,
  { connection }: Pick<Client, "connection">,
  source: Observable<unknown>,
  is: () => boolean,
): Promise<void> | undefined {
  const isShown = (): boolean => is() || !HOPEFUL.includes(connection.get().name);
  if (isShown()) return undefined;
  let wait = waits.get(key);
  if (!wait) {
    wait = first([source, connection], isShown).then(() => void waits.delete(key));
    waits.set(key, wait);
  }
  return wait;
}

/** Resolves when one of these has changed so that it is. */
function first(sources: readonly Observable<unknown>[], is: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const ends = sources.map((source) =>
      source.subscribe(() => {
        if (!is()) return;
        for (const end of ends) end();
        resolve();
      }),
    );
  });
}
