/**
 * A member in a browser's page, with IndexedDB: `/?server=ws://…&token=…&user=…&prefix=…`. It talks until its tab is
 * killed or it is told to rest.
 */
import { createClient, type Storage } from "@tidings/core";
import { indexedDbStorage } from "@tidings/storage/indexeddb";
import { webSocketTransport } from "@tidings/transport-ws";
import { cachedOf, chat, type MemberState, type Word } from "./chatter.ts";

declare global {
  interface Window {
    /** Made by whoever opened the page. */
    readonly tell: (word: Word) => void;
    fallSilent: () => Promise<void>;
    show: () => Promise<MemberState>;
  }
}

const parameters = new URLSearchParams(location.search);
const given = (name: string): string => parameters.get(name) ?? "";
const storage: Storage = indexedDbStorage({ name: "chaos" });
const transport = webSocketTransport({ url: given("server") });
const userId = given("user");
const client = createClient({
  ...{ transport, storage, userId, auth: given("token"), backoff: { baseMs: 50, maxMs: 500 } },
});
void client.connect();
const chatter = chat(client, given("prefix"), window.tell);
window.tell({ type: "ready" });

window.fallSilent = chatter.rest;
window.show = async () => {
  const state = await chatter.show();
  await client.close();
  const cached = await cachedOf(
    createClient({ transport, userId, storage: indexedDbStorage({ name: "chaos" }) }),
  );
  return { ...state, cached };
};
