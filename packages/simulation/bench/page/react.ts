/** In Chromium: one long conversation on the screen, by our hooks or by an array in `useState`. */
import { firstPaint, takeCommits } from "./react/commits.ts";
import { keep, kept } from "./react/plain-database.ts";
import { scroll } from "./react/rows.tsx";
import { type ArrayScreen, receiveHistory, showArray } from "./react/with-array.tsx";
import { type ClientScreen, openClient, showFromCache } from "./react/with-client.tsx";

declare global {
  interface Window {
    /** Shows the newest messages, live. What stays in memory before and after `loadAll` differs by the history. */
    openClient: (screen: ClientScreen, url: string, token: string) => Promise<void>;
    openArray: (screen: ArrayScreen, url: string) => Promise<void>;
    /** Has all of the history in memory. */
    loadAll: (length: number) => Promise<void>;
    takeCommits: () => readonly number[];
    scrollThrough: (frames: number, px: number) => Promise<readonly number[]>;
    /** Writes what `arrayFromCache` reads. */
    keep: (length: number, newest: number) => Promise<void>;
    /** Milliseconds from nothing to messages painted, without any network. */
    clientFromCache: () => Promise<number>;
    arrayFromCache: () => Promise<number>;
  }
}

let load: (length: number) => Promise<void> = () => Promise.resolve();

window.openClient = async (screen, url, token) => {
  load = await openClient(screen, url, token);
};

window.openArray = async (screen, url) => {
  const socket = new WebSocket(url);
  await new Promise((resolve) => (socket.onopen = resolve));
  load = async (length) => showArray(screen, receiveHistory(length), socket);
};

window.loadAll = (length) => load(length);
window.takeCommits = takeCommits;
window.scrollThrough = scroll;
window.keep = (length, newest) => keep(receiveHistory(length).slice(-newest));

window.clientFromCache = async () => {
  const startMs = performance.now();
  const painted = firstPaint();
  showFromCache("timeline");
  return (await painted) - startMs;
};

window.arrayFromCache = async () => {
  const startMs = performance.now();
  const painted = firstPaint();
  showArray("slice", await kept(), undefined);
  return (await painted) - startMs;
};
