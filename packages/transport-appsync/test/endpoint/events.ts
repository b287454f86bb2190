import type { Identity } from "@tidings/core/memory";
import { WireFault } from "./api.ts";
import type { Resolvers } from "./resolvers.ts";

export interface Publication {
  readonly channel: string;
  readonly events: readonly string[];
}

/** Somebody's subscription to a channel. */
export interface Channel {
  readonly channel: string;
  readonly hear: (event: string) => void;
}

/** The Events API, with one namespace and its handlers. */
export interface Events {
  readonly channels: Set<Channel>;
  /** @throws {WireFault} */
  listen(channel: string, identity: Identity, hear: Channel["hear"]): Promise<Channel>;
  /** @throws {WireFault} */
  publish(publication: Publication, identity: Identity): Promise<object>;
}

const SEGMENT = /^[a-z\d]([a-z\d-]{0,48}[a-z\d])?$/i;

export function createEvents(resolvers: Pick<Resolvers, "resolve">): Events {
  const channels = new Set<Channel>();

  /** `onSubscribe` and `onPublish` of the namespace: members only. */
  const admit = async (channel: string, { userId }: Identity): Promise<string> => {
    const [first, namespace, ...segments] = channel.split("/");
    const isSound = first === "" && segments.length > 0 && segments.length < 5;
    if (!isSound || ![namespace ?? "", ...segments].every((each) => SEGMENT.test(each)))
      throw new WireFault("BadRequestException", `"${channel}" is no channel`);
    if (namespace !== "tidings") throw new WireFault("UnauthorizedException", "there is no such namespace");
    const conversationId = conversationOf(segments);
    const query = { type: "conversation", conversationId };
    await resolvers.resolve("ask", { query }, { userId }).catch(() => {
      throw new WireFault("UnauthorizedException", "You are not authorized to this channel.");
    });
    return conversationId;
  };

  return {
    channels,
    async listen(channel, identity, hear) {
      await admit(channel, identity);
      return { channel, hear };
    },
    async publish({ channel, events }, identity) {
      if (events.length < 1 || events.length > 5)
        throw new WireFault("BadRequestException", "1 to 5 events are published at once");
      const conversationId = await admit(channel, identity);
      for (const event of events) {
        // The handler stamps who says it and where: neither is the client's to say.
        const { userId } = identity;
        const stamped = JSON.stringify({ ...JSON.parse(event), conversationId, userId });
        for (const each of channels) if (each.channel === channel) each.hear(stamped);
      }
      const successful = events.map((_, index) => ({ identifier: `${channel}#${index}`, index }));
      return { successful, failed: [] };
    },
  };
}

/** What does not fit into segments was written in hex, behind `x-`. */
function conversationOf(segments: readonly string[]): string {
  const text = segments.join("");
  return text.startsWith("x-") ? Buffer.from(text.slice(2), "hex").toString("utf8") : text;
}
