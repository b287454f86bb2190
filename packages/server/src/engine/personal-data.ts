import type { Kept, KeptPage } from "../store/kept.ts";
import type { Store } from "../store/store.ts";
import type { Clock } from "./clock.ts";

/**
 * Everything kept of a person, read page by page as it is taken. That somebody read it is written down, unless there is
 * nothing: of whoever was erased there would then be something again.
 *
 * @throws {Error} if the store cannot tell, or fails.
 */
export async function* personalData(
  userId: string,
  by: string,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): AsyncGenerator<Kept> {
  const { upkeep, audit } = store;
  if (!upkeep) throw new Error("unable to export the user; the store cannot list what it keeps");
  let isNoted = false;
  let after: string | undefined;
  do {
    const { items, next }: KeptPage = await upkeep.kept(userId, after);
    if (items.length > 0 && !isNoted) {
      isNoted = true;
      await audit?.note({ at: clock.now(), actorId: by, action: "user.export", subject: userId });
    }
    yield* items;
    after = next;
  } while (after !== undefined);
}
