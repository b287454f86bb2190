import { createScope, type Observable } from "../../base/observable.ts";
import { whileWatched } from "../../base/while-watched.ts";
import { internalsOf } from "../../client/internals.ts";
import type { Client } from "../../client/types.ts";
import type { CustomSchemas } from "../../compose/custom.ts";
import { type MessagingError, toMessagingError } from "../../errors/messaging-error.ts";
import type { FiguresBackend, FiguresQuery } from "./backend.ts";
import { rethrow } from "../rethrow.ts";
import { keepFigures, type KnownFigures } from "./kept-figures.ts";

export interface FiguresOptions extends FiguresQuery {
  readonly backend: FiguresBackend;
}

export interface FiguresState {
  /**
   * What was known last. Its span is the one that was asked for, or, while that cannot be had, of the answer that is kept:
   * show it with its time (`at`).
   */
  readonly known: KnownFigures | undefined;
  readonly isLoading: boolean;
  /** Why there is nothing newer. */
  readonly error: MessagingError | undefined;
}

/** A conversation in figures. Asked for while somebody listens, and again with each new link. */
export interface FiguresView extends Observable<FiguresState> {
  /** Never rejects: `error` says what went wrong. */
  refresh(): Promise<void>;
  /** The days as a table. Rejects with a `MessagingError`. */
  csv(): Promise<Blob>;
}

/**
 * How much was said in a conversation, by how many, and what came of it, for those who moderate it. The last answer is kept
 * with the client's storage, so that there is something to see offline; once the backend refuses, it is forgotten.
 */
export function openFigures<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  options: FiguresOptions,
): FiguresView;
export function openFigures(client: Client, { backend, ...query }: FiguresOptions): FiguresView {
  const { core, storage } = internalsOf(client);
  const { clock } = core;
  const state = createScope(rethrow).cell<FiguresState>({
    known: undefined,
    isLoading: false,
    error: undefined,
  });
  const { conversationId, ...span } = query;
  /** Answers to earlier questions come too late. */
  let asked = 0;
  const keep = () => keepFigures(storage, client.userId.get() ?? "", conversationId);

  const refresh = async (): Promise<void> => {
    const turn = (asked += 1);
    const put = (part: Partial<FiguresState>): void => {
      if (turn === asked) state.set({ ...state.get(), ...part });
    };
    put({ isLoading: true });
    try {
      const known = { ...span, figures: await backend.of(query), at: clock.now() };
      put({ known, isLoading: false, error: undefined });
      if (turn === asked)
        await keep()
          .put(known)
          .catch(() => {}); // what is shown is no worse for not being kept
    } catch (cause) {
      const error = toMessagingError(cause, "connection/failed");
      put({ known: await lastKnown(error), isLoading: false, error });
    }
  };
  const lastKnown = async (error: MessagingError): Promise<KnownFigures | undefined> => {
    if (!isRefusal(error))
      return (
        state.get().known ??
        keep()
          .find()
          .catch(() => undefined)
      );
    await keep()
      .drop()
      .catch(() => {});
    return undefined;
  };

  return {
    ...whileWatched(state, () => {
      let link = client.connection.get().name;
      void refresh();
      return [
        client.connection.subscribe(({ name }) => {
          if (name === "online" && link !== "online") void refresh();
          link = name;
        }),
      ];
    }),
    refresh,
    csv: () => backend.csv(query),
  };
}

/** Whoever may not see it may not see what it was before either (D8). */
function isRefusal({ category, code }: MessagingError): boolean {
  return category === "permission" || code === "conversation/not-found";
}
