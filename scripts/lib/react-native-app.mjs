/** An app as React Native would run it: no document, no `structuredClone`, no `AbortSignal.abort`, and what else it lacks. */

/** Over a real socket; what it says is `globalThis.said`. */
export const REACT_NATIVE = `
import { createClient } from "@tidings/core";
import { browserTabs } from "@tidings/core/tabs";
import { asyncStorageStorage } from "@tidings/storage/async-storage";
import { webSocketTransport } from "@tidings/transport-ws";

const kept = new Map();
const asyncStorage = {
  getItem: async (key) => kept.get(key) ?? null,
  setItem: async (key, value) => void kept.set(key, value),
  multiGet: async (keys) => keys.map((key) => [key, kept.get(key) ?? null]),
  multiSet: async (pairs) => void pairs.forEach(([key, value]) => kept.set(key, value)),
  multiRemove: async (keys) => void keys.forEach((key) => kept.delete(key)),
  getAllKeys: async () => [...kept.keys()],
};

globalThis.said = (async () => {
  const transport = webSocketTransport({ url: globalThis.address });
  const auth = () => globalThis.token;
  const storages = [undefined, asyncStorageStorage({ asyncStorage, name: "ada" })];
  const words = [];
  for (const storage of storages) {
    const tabs = browserTabs({ name: "app/ada" });
    const client = createClient({ transport, auth, tabs, ...(storage && { storage }) });
    await client.connect();
    const room = client.conversation("general");
    words.push(room.check("").length === 1);
    const sent = await room.send("hello");
    await sent.settled();
    words.push("hello, " + sent.status);
    await client.close();
  }
  return words.slice(-2).join(" ");
})();
`;

/** Runs it in Node, in a context that has what React Native has, once with random values and once without. */
export const STARTED = `
import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";
import { createServer } from "@tidings/server";
import { WebSocket } from "ws";

const server = await createServer({ port: 0 });
const code = readFileSync("native.js", "utf8");

async function start(crypto) {
  const globals = { console, setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, queueMicrotask };
  const web = { fetch, Headers, Request, Response, FormData, AbortController, URL, URLSearchParams, TextEncoder, WebSocket };
  const own = { address: server.url, token: await server.issueToken("ada"), navigator: { product: "ReactNative" } };
  const context = createContext({ ...globals, ...web, ...own, ...(crypto && { crypto }) });
  runInContext("globalThis.window = globalThis.self = globalThis.global = globalThis", context);
  AbortSignal.abort = undefined;
  runInContext(code, context);
  console.log(await context.said.catch((error) => error.message));
}

await start({ getRandomValues: (bytes) => crypto.getRandomValues(bytes) });
await start(undefined);
process.exit();
`;
