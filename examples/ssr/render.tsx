import { type Client, createClient } from "@tidings/core";
import { type ClientSnapshot, dehydrate, untilShown } from "@tidings/core/bindings";
import { webSocketTransport } from "@tidings/transport-ws";
import { renderToString } from "react-dom/server";
import { WebSocket } from "ws";
import { Page } from "./page.tsx";

/** A page without its past now is better than a page with it too late: the browser asks for it anyway. */
const PATIENCE_MS = 2_000;

/** The page for one user, with what the browser needs to go on from there. For their eyes only: `cache-control: private`. */
export async function renderPage(url: string, token: string, userId: string): Promise<string> {
  const client = createClient({ transport: webSocketTransport({ url, WebSocket }), auth: token, userId });
  try {
    client.connect().catch(() => {}); // the browser will say so, if it fares no better
    const loaded = newestPage(client).catch(() => {}); // what there is by then is shown
    await Promise.race([loaded, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
    client.disconnect(); // nobody is connected yet to what is rendered here
    return documentOf(url, renderToString(<Page client={client} />), dehydrate(client));
  } finally {
    await client.close();
  }
}

/** As much as a screen shows; the rest is loaded when somebody scrolls. */
const ENOUGH = 30;

async function newestPage(client: Client): Promise<void> {
  const { timeline } = client.conversation("general");
  await untilShown(client, "general");
  while (timeline.get().hasOlder && timeline.get().items.length < ENOUGH) await timeline.loadOlder();
}

function documentOf(url: string, html: string, snapshot: ClientSnapshot): string {
  // Or a message could end the script it stands in.
  const json = JSON.stringify(snapshot).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Tidings</title>
<body data-url="${url}">
<div id="root">${html}</div>
<script type="application/json" id="snapshot">${json}</script>
<script type="module" src="/client.js"></script>
</body>
</html>`;
}
