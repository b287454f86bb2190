/**
 * A member in a browser's page, with IndexedDB: `/?server=ws://…&token=…&user=…&prefix=…&others=…`. It talks until its
 * tab is killed or it is told to rest.
 */
import { createClient, isMessagingError, type Storage } from "@tidings/core";
import { indexedDbStorage } from "@tidings/storage/indexeddb";
import { webSocketTransport } from "@tidings/transport-ws";
import { chat, storedOf } from "./chatter.ts";
import type { Shown, Stored, Word } from "./word.ts";

declare global {
  interface Window {
    /** Made by whoever opened the page. */
    readonly tell: (word: Word) => Promise<void>;
    fallSilent: () => Promise<void>;
    /** Does the disk say that it has no room for so much? */
    isTooMuch: (bytes: number) => Promise<boolean>;
    show: () => Promise<Shown>;
    recall: (shown: Shown) => Promise<Stored>;
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
const chatter = chat(client, {
  ...{ userId, prefix: given("prefix"), others: given("others").split(","), tell: window.tell },
});
void window.tell({ type: "ready" });

window.fallSilent = chatter.rest;
window.show = chatter.show;
window.recall = async (shown) => {
  await client.close();
  const offline = createClient({ transport, userId, storage: indexedDbStorage({ name: "chaos" }) });
  return storedOf(offline, shown);
};

window.isTooMuch = async (bytes) => {
  const ballast = indexedDbStorage({ name: "ballast" });
  await ballast.open();
  const key = ["ballast"];
  try {
    await ballast.write([{ type: "put", key, value: noise(bytes) }]);
    await ballast.write([{ type: "delete", key }]);
    return false;
  } catch (error) {
    if (isMessagingError(error) && error.code === "storage/full") return true;
    throw error;
  } finally {
    await ballast.close();
  }
};

/** What cannot be made smaller on its way to the disk. */
function noise(bytes: number): Uint8Array {
  const found = new Uint8Array(bytes);
  const most = 65_536; // at a time
  for (let at = 0; at < bytes; at += most) crypto.getRandomValues(found.subarray(at, at + most));
  return found;
}
