/** The app with which what is packed is tried everywhere: what it is made of, and what it says in the end. */
import { runNode } from "./run.mjs";

/** What an app for browsers is made of. */
export const PACKAGES = ["core", "react", "storage", "transport-ws"];

/** An app for browsers, from all of them. What it says in the end is `globalThis.said`. */
export const APP = `
import { createClient, isMessagingError } from "@tidings/core";
import { memoryTransport } from "@tidings/core/memory";
import { browserTabs } from "@tidings/core/tabs";
import { MessagingProvider, useMessaging } from "@tidings/react";
import { indexedDbStorage } from "@tidings/storage/indexeddb";
import { webSocketTransport } from "@tidings/transport-ws";
import { createElement } from "react";
import { renderToString } from "react-dom/server";

const parts = { tabs: browserTabs({ name: "app/ada" }), storage: indexedDbStorage({ name: "app" }) };
const isWhole = webSocketTransport({ url: "wss://chat.example" }).supports.pipelining && "join" in parts.tabs;

function Chat() {
  const { messages } = useMessaging("general");
  return messages.map(({ key, message, status }) => createElement("p", { key }, message.content.text + ", " + status));
}

globalThis.said = (async () => {
  const client = createClient({ transport: memoryTransport() });
  await client.connect();
  const sent = await client.conversation("general").send("hello");
  await sent.settled();
  const html = renderToString(createElement(MessagingProvider, { client }, createElement(Chat)));
  await client.close();
  const refused = await client.conversation("general").send("late").catch(isMessagingError);
  return [isWhole, html, refused].join(" ");
})();
`;

export const SAID = "true <p>hello, sent</p> true";

/** The same in CommonJS, as Node has it. */
export const REQUIRED = APP.replace(/import (.*) from (".*");/g, "const $1 = require($2);");

/** @param {string} file @returns {Promise<string>} what is wrong with it, if anything */
export async function runApp(file) {
  const program = `await import(process.argv[1]); console.log(await globalThis.said); process.exit();`;
  const { output } = await runNode(["--no-warnings", "--input-type=module", "-e", program, file], {
    quiet: true,
  });
  return output.trim() === SAID ? "" : `said ${output}`;
}
