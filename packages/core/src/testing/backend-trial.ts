import type { Welcome } from "../protocol/frames.ts";
import { connectPeer, type Draft, type KitSocket, type Peer } from "./backend-peer.ts";
import { newId } from "./dialled.ts";
import { expectSame, type Waiting } from "./kit.ts";

/** What a law of the kit is checked on: a backend, and people nobody has been before. */
export interface BackendTrial {
  readonly wait: Waiting;
  /** A socket that has said nothing yet. */
  connect(): Promise<Peer>;
  /** A token of that person; `undefined` where there are none. */
  token(name: string): Promise<string | undefined>;
  /** A link of that person; more than one if asked again. */
  enter(name: string): Promise<Person>;
  close(): void;
}

/** A user, by one of their links. */
export interface Person extends Peer {
  readonly userId: string;
  readonly welcome: Welcome;
}

export interface BackendTrialOptions {
  readonly connect: () => KitSocket | Promise<KitSocket>;
  readonly token: (userId: string) => Promise<string | undefined> | string | undefined;
  readonly wait: Waiting;
}

export function createBackendTrial({ connect, token, wait }: BackendTrialOptions): BackendTrial {
  const suffix = newId();
  const peers: Peer[] = [];
  const dial = async (): Promise<Peer> => {
    const peer = await connectPeer(await connect(), wait);
    peers.push(peer);
    return peer;
  };
  const tokenOf = async (name: string): Promise<string | undefined> => token(`${name}-${suffix}`);
  return {
    wait,
    connect: dial,
    token: tokenOf,
    async enter(name) {
      const peer = await dial();
      const welcome = await peer.hello(await tokenOf(name));
      return Object.assign(peer, { welcome, userId: welcome.userId });
    },
    close: () => peers.forEach((peer) => peer.close()),
  };
}

/** A new conversation of `owner` with the others as members. */
export async function gather(owner: Person, ...members: readonly Person[]): Promise<string> {
  const conversationId = newId();
  const participants = members.map(({ userId }) => ({ userId, role: "member" as const }));
  const ack = await owner.submit({
    type: "conversation.create",
    conversationId,
    kind: "group",
    participants,
  });
  const revs = ack.changes.map(({ rev }) => rev);
  expectSame(revs, revs.map((_, index) => index + 1), "the revisions of what makes a conversation"); // prettier-ignore
  return conversationId;
}

/** A message, as a draft. */
export function words(conversationId: string, text: string): Draft {
  return { type: "message.send", conversationId, kind: "text", content: { text } };
}
