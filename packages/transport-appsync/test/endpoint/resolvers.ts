import type { Link } from "@tidings/core";
import { MessagingError } from "@tidings/core/errors";
import type { Identity, MemoryBackend } from "@tidings/core/memory";
import type { Ack, AnyRecord, Command, Query, Signal, Welcome } from "@tidings/core/protocol";

/** What stands behind the fields of the schema: the rules of the product, kept by the backend in memory. */
export interface Resolvers {
  /** Of a query or mutation. @throws {MessagingError} */
  resolve(field: string, args: Arguments, identity: Identity): Promise<unknown>;
  /** May they subscribe? By what is filtered, if not by the arguments? @throws {MessagingError} */
  admit(field: string, args: Arguments, identity: Identity): Promise<EventFilter | undefined>;
  /** Those who are in the conversation no longer by this event. */
  outgoing(event: object): readonly Ended[];
}

export type Arguments = Readonly<Record<string, unknown>>;
export type EventFilter = (event: Readonly<Record<string, unknown>>) => boolean;

export interface Ended {
  readonly userId: string;
  readonly conversationId: string;
}

/** The backend in memory, or whatever else a transport leads to. */
export type Behind = Pick<MemoryBackend, "transport">;

/** A link for one request: AppSync remembers nothing between two. */
async function withLink<T>(
  memory: Behind,
  userId: string,
  work: (link: Link, welcome: Welcome) => Promise<T>,
): Promise<T> {
  let welcome: Welcome | undefined;
  const link = await memory.transport(userId).open(
    {
      token: undefined,
      clientId: "resolver",
      receive(events) {
        for (const event of events) if (event.type === "welcome") ({ welcome } = event);
      },
    },
    new AbortController().signal,
  );
  if (!welcome) throw new TypeError("the backend in memory has not welcomed its resolver");
  try {
    return await work(link, welcome);
  } finally {
    link.close();
  }
}

export function createResolvers(memory: Behind): Resolvers {
  const settingsFor = async (userId: string, conversationId: string) =>
    withLink(memory, userId, async (link) => {
      const { conversation } = await link.query({ type: "conversation", conversationId });
      return conversation.settings;
    });

  const submit = async (command: Command, userId: string): Promise<object> => {
    const ack = await withLink(memory, userId, (link) => link.submit(command));
    const isPrivate = ack.receipt && !(await settingsFor(userId, command.conversationId)).receipts;
    return {
      ...(!isPrivate && { conversationId: command.conversationId }),
      rev: ack.changes.at(-1)?.rev ?? null,
      audience: ack.changes.flatMap(({ record }) => (record.type === "participant" ? [record.userId] : [])),
      payload: ack,
    };
  };

  const signal = async (conversationId: string, given: Signal, userId: string): Promise<object> => {
    const settings = await settingsFor(userId, conversationId);
    const isOff = given.type === "typing" && !settings.typing;
    const payload = { ...given, userId, ...(given.type === "typing" && { conversationId }) };
    return isOff ? { payload } : { conversationId, payload };
  };

  return {
    async resolve(field, args, { userId, expiresInMs }) {
      const conversationId = String(args["conversationId"]);
      switch (field) {
        case "welcome": {
          const life = expiresInMs !== undefined && { tokenExpiresInMs: expiresInMs };
          return withLink(memory, userId, async (_, welcome) => ({ ...welcome, ...life }));
        }
        case "heads":
          return withLink(memory, userId, async (_, { heads }) => heads);
        case "ask":
          return withLink(memory, userId, (link) => link.query(args["query"] as Query));
        case "submit":
          return submit({ ...(args["command"] as Command), conversationId }, userId);
        case "signal":
          return signal(conversationId, args["signal"] as Signal, userId);
        default:
          throw new TypeError(`nothing stands behind "${field}"`);
      }
    },
    async admit(field, args, { userId }) {
      if (field === "onInbox") {
        if (args["userId"] !== userId) throw new MessagingError("permission/denied");
        return ({ audience }) => Array.isArray(audience) && audience.includes(userId);
      }
      await settingsFor(userId, String(args["conversationId"]));
      return undefined;
    },
    outgoing(event) {
      const { payload, conversationId } = event as { payload?: Ack; conversationId?: string };
      return (payload?.changes ?? []).flatMap(({ record }) =>
        isOut(record) ? [{ userId: record.userId, conversationId: conversationId ?? "" }] : [],
      );
    },
  };
}

function isOut(record: AnyRecord): record is Extract<AnyRecord, { readonly type: "participant" }> {
  return record.type === "participant" && record.status !== "active" && record.status !== "muted";
}
