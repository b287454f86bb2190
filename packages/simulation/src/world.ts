import { type Backend, type BackendOptions, directTransport, startBackend } from "./backend.ts";
import { type History, readHistory, withLink } from "./history.ts";
import { createMember, type Member, type MemberOptions } from "./member.ts";
import { faultsOf, isAtRest, loadAll } from "./oracle.ts";
import { sleep, until } from "./until.ts";

/** A real server and the clients of the people in one conversation. */
export interface World {
  readonly backend: Backend;
  readonly conversationId: string;
  readonly members: readonly Member[];
  /** The members, by the order of their names; throws if there are fewer. */
  member(index: number): Member;
  /** What the server holds. */
  history(): Promise<History>;
  /** Waits until nothing is under way, then says what is wrong with anybody. */
  verify(timeoutMs?: number): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface WorldOptions extends Omit<BackendOptions, "port"> {
  readonly userIds?: readonly string[];
  /** Instead of one of its own. The world closes it. */
  readonly backend?: Backend;
  readonly kind?: "group" | "community";
  readonly member?: Partial<MemberOptions>;
}

const CONVERSATION = "room";
/** A little longer than a client waits for more receipts; what is wrong after so many rounds, on a busy machine too, stays wrong. */
const COALESCE_MS = 350;
const MOST_ROUNDS = 30;

const creation = {
  type: "conversation.create",
  commandId: "01900000-0000-7000-8000-000000000000",
  conversationId: CONVERSATION,
  at: 0,
} as const;

/** The first of `userIds` owns the conversation. Resolves when everybody is online and has all of it. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const { userIds = ["ada", "bob", "cyd"], kind = "group" } = options;
  const backend = options.backend ?? (await startBackend(options));
  const members: Member[] = [];
  for (const userId of userIds) {
    members.push(await createMember({ backend, userId, conversationId: CONVERSATION, ...options.member }));
  }
  const [owner = "", ...guests] = userIds;
  const participants = guests.map((userId) => ({ userId }));
  await withLink(directTransport(backend), await backend.token(owner), (link) =>
    link.submit({ ...creation, kind, participants }),
  );
  const world = assemble(backend, members);
  await Promise.all(members.map(({ client }) => client.connect()));
  await until("a world ready", () => members.every(({ room }) => room.timeline.get().complete));
  return world;
}

function assemble(backend: Backend, members: readonly Member[]): World {
  const member = (index: number): Member => {
    const found = members[index];
    if (!found) throw new RangeError(`there is no member ${index}`);
    return found;
  };
  const history = async (): Promise<History> => {
    return readHistory(directTransport(backend), await backend.token(member(0).userId), CONVERSATION);
  };
  return {
    backend,
    conversationId: CONVERSATION,
    members,
    member,
    history,
    async verify(timeoutMs = 20_000) {
      const instead = (): unknown => members.map(describe);
      await until("everybody at rest", () => members.every(isIdle), { timeoutMs, instead });
      let truth = await history();
      const isUpToDate = (): boolean => members.every((each) => isAtRest(each, truth));
      await until("everybody up to date", isUpToDate, { timeoutMs, instead });
      await Promise.all(members.map(loadAll));
      for (let rounds = 0; ; rounds += 1) {
        const found = members.flatMap((each) =>
          [...faultsOf(each, truth)].map((fault) => `${each.userId}: ${fault}`),
        );
        if (found.length === 0 || rounds === MOST_ROUNDS) return found;
        await sleep(COALESCE_MS); // receipts gather for a while before they are told, and are outside the outbox
        truth = await history();
      }
    },
    async close() {
      await Promise.all(members.map((each) => each.close()));
      await backend.close();
    },
  };
}

function isIdle({ client, room }: Member): boolean {
  const isOnline = client.connection.get().name === "online";
  return isOnline && client.outbox.get().waiting === 0 && room.timeline.get().complete;
}

function describe({ userId, client, room }: Member): unknown {
  const { complete, missing, hasOlder, head } = room.timeline.get();
  const { waiting, failed } = client.outbox.get();
  return {
    userId,
    connection: client.connection.get().name,
    waiting,
    failed,
    complete,
    missing,
    hasOlder,
    head,
  };
}
