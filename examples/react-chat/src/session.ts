import { type Client, type ClientOptions, createClient, defaultSteps, placeStep } from "@tidings/core";
import { linkify } from "@tidings/core/links";
import { searchInWorker } from "@tidings/core/search";
import { browserTabs } from "@tidings/core/tabs";
import { openUploads } from "@tidings/core/uploads";
import { indexedDbStorage } from "@tidings/storage/indexeddb";
import { type Cable, createCable } from "./lib/cable.ts";
import { schema } from "./lib/data.ts";
import { linkOf } from "./lib/notification-link.ts";
import { transport } from "./transports/web-socket.ts";

export interface Session {
  readonly client: Client<typeof schema>;
  readonly cable: Cable;
  /** The token with which the client, and whatever else asks the server, says who one is. */
  readonly auth: () => string;
}

/** How the client is made: as it is, or inspected. */
export type MakeClient = (options: ClientOptions<typeof schema>) => Session["client"];

/** From here on every hook knows what `custom` is. */
declare module "@tidings/react" {
  interface Register {
    client: Session["client"];
  }
}

/**
 * The client, made once and outside of React. Who one is stands behind the `#` of the link, which browsers never send to a
 * server; your app asks its own server for a token instead.
 */
export function openSession(make: MakeClient = createClient): Session | undefined {
  const link = linkOf(location.hash);
  const [token, userId] = [link.get("token"), link.get("user")];
  if (!token || !userId) return undefined;
  const cable = createCable();
  const auth = (): string => token;
  const client: Client<typeof schema> = make({
    schema,
    transport,
    // One database per person: it holds what they have read, and what they have not sent yet.
    storage: indexedDbStorage({ name: `tidings-${userId}` }),
    // People open an app twice: all tabs of one person share a link.
    tabs: browserTabs({ name: `tidings/${userId}` }),
    auth,
    userId,
    compose: placeStep(defaultSteps(), "before", "validate", linkify()),
    platform: cable.platform,
  });
  openUploads(client); // at once: what an earlier life left to be sent waits for its files
  // In one expression: that is how Vite finds the worker.
  searchInWorker(
    client,
    () => new Worker(new URL("./lib/search-worker.ts", import.meta.url), { type: "module" }),
  );
  return { client, cable, auth };
}
