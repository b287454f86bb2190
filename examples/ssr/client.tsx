/** In the browser: takes the page up as it stands, then connects. */
import { createClient } from "@tidings/core";
import { hydrate } from "@tidings/core/bindings";
import { webSocketTransport } from "@tidings/transport-ws";
import { hydrateRoot } from "react-dom/client";
import { Page } from "./page.tsx";

const root = document.querySelector("#root");
const snapshot = document.querySelector("#snapshot")?.textContent;
const client = createClient({
  transport: webSocketTransport({ url: document.body.dataset["url"] ?? "" }),
  auth: () => fetch(`/token${location.search}`).then((response) => response.text()),
});
if (snapshot) hydrate(client, JSON.parse(snapshot)); // before the first render
if (root) hydrateRoot(root, <Page client={client} />);
