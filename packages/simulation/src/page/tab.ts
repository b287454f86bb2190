/**
 * One of several tabs of an app: they share a link, and what is on storage.
 *
 * Run as `/?server=ws://…&token=…`.
 */
import { createClient, type Transport } from "@tidings/core";
import { browserTabs } from "@tidings/core/tabs";
import { indexedDbStorage } from "@tidings/storage/indexeddb";
import { webSocketTransport } from "@tidings/transport-ws";

/** For the test to call. */
export interface TabControls {
  /** Has this tab the link? */
  leads(): boolean;
  isOnline(): boolean;
  /** Sends so many, named after the tab, without waiting for any. */
  send(name: string, count: number): void;
  /** Nothing waits here, and nothing is missing. */
  isAtRest(): boolean;
  texts(): readonly string[];
}

declare global {
  interface Window {
    /** Made by the test: takes a text whose `send` has resolved. */
    readonly kept: (text: string) => void;
    tab: TabControls;
  }
}

const parameters = new URLSearchParams(location.search);
const given = (name: string): string => parameters.get(name) ?? "";
let links = 0;

const client = createClient({
  transport: counted(webSocketTransport({ url: given("server") })),
  storage: indexedDbStorage({ name: "tabs" }),
  tabs: browserTabs({ name: "app/ada" }),
  auth: given("token"),
  userId: "ada",
});
void client.connect();
const room = client.conversation("general");
const { timeline } = room;

window.tab = {
  leads: () => links > 0,
  isOnline: () => client.connection.get().name === "online",
  send(name, count) {
    for (let number = 0; number < count; number += 1) {
      const text = `${name} ${number}`;
      room.send(text).then(
        () => window.kept(text),
        () => {}, // not kept
      );
    }
  },
  isAtRest: () => client.outbox.get().waiting === 0 && timeline.get().complete,
  texts: () =>
    [...timeline.get().items].map((item) =>
      item.type === "message" && "text" in item.message.content ? item.message.content.text : item.type,
    ),
};

/** Knows whether it has a link. */
function counted({ supports, open }: Transport): Transport {
  return {
    supports,
    async open(request, signal) {
      const receive: typeof request.receive = (events) => {
        if (events.some(({ type }) => type === "closed")) links -= 1;
        request.receive(events);
      };
      const link = await open({ ...request, receive }, signal);
      links += 1;
      return link;
    },
  };
}
