import {
  type Client,
  type ClientOptions,
  type Conversation,
  createClient,
  type MessagingError,
} from "@tidings/core";
import { type FaultyTransport, faultyTransport, type LinkFaults } from "@tidings/core/testing";
import { createFaultProxy, type FaultProxy } from "@tidings/server/testing";
import { webSocketTransport } from "@tidings/transport-ws";
import type { Backend } from "./backend.ts";
import { type DeliveryLog, logDelivery } from "./delivery-log.ts";
import { createFrameTap, type FrameTap } from "./frame-tap.ts";
import { type TimelineWatch, watchTimeline } from "./timeline-watch.ts";

/** One person's client of the real server: behind a bad network of its own, and watched. */
export interface Member {
  readonly userId: string;
  readonly client: Client;
  readonly room: Conversation;
  /** What goes wrong with frames. */
  readonly link: FaultyTransport;
  /** What goes wrong with bytes. */
  readonly proxy: FaultProxy;
  readonly tap: FrameTap;
  readonly delivery: DeliveryLog;
  readonly watch: TimelineWatch;
  /** What the client reported through its `error` event. */
  readonly errors: readonly MessagingError[];
  close(): Promise<void>;
}

export interface MemberOptions extends Partial<ClientOptions> {
  readonly backend: Pick<Backend, "port" | "token" | "way">;
  readonly userId: string;
  readonly conversationId: string;
  readonly faults?: LinkFaults;
}

/** Coming back soon keeps tests short; the shape of the waits is tested in core. */
const backoff = { baseMs: 20, maxMs: 200 };

/** A client that is not connected yet. */
export async function createMember(options: MemberOptions): Promise<Member> {
  const { backend, userId, conversationId, faults, ...clientOptions } = options;
  const proxy = await createFaultProxy({ target: { port: backend.way?.port ?? backend.port } });
  const tap = createFrameTap();
  const transport =
    backend.way?.transport(proxy.port, tap.WebSocket) ??
    webSocketTransport({ url: proxy.url, WebSocket: tap.WebSocket });
  const link = faultyTransport(transport, faults);
  const auth = (): Promise<string> => backend.token(userId);
  const client = createClient({ transport: link, auth, userId, backoff, logger: () => {}, ...clientOptions });
  const delivery = logDelivery(client);
  const room = client.conversation(conversationId);
  const watch = watchTimeline(room);
  const errors: MessagingError[] = [];
  client.on("error", (error) => errors.push(error));
  return {
    userId,
    client,
    room,
    link,
    proxy,
    tap,
    delivery,
    watch,
    errors,
    async close() {
      await client.close();
      await proxy.close();
    },
  };
}
