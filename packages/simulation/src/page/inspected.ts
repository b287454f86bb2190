/** A client of a backend in the page, with the inspector beside it. */
import { createFaults, createInspectedClient } from "@tidings/core/inspect";
import { mountInspector } from "@tidings/core/inspect/panel";
import { memoryTransport } from "@tidings/core/memory";

/** For the test to call. */
export interface InspectedControls {
  /** Sends so many, and resolves when all are accepted. */
  send(count: number): Promise<void>;
  /** The most the panel was drawn for one picture of the browser. */
  drawnAtOnce(): number;
  elements(): number;
  unmount(): void;
}

declare global {
  interface Window {
    inspected: InspectedControls;
  }
}

const drawn = new Map<number, number>();
const request = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (draw) =>
  request((at) => {
    drawn.set(at, (drawn.get(at) ?? 0) + 1);
    draw(at);
  });

const client = createInspectedClient({ transport: memoryTransport() }, { faults: createFaults() });
const room = client.conversation("general");
const panel = mountInspector(client, document.body.appendChild(document.createElement("main")));
await client.connect();

const BATCH = 1_000;

window.inspected = {
  async send(count) {
    for (let left = count; left > 0; left -= BATCH) {
      const sent = await Promise.all(Array.from({ length: Math.min(BATCH, left) }, () => room.send("hello")));
      await Promise.all(sent.map((each) => each.settled()));
      await new Promise((done) => setTimeout(done)); // the browser may draw
    }
  },
  drawnAtOnce: () => Math.max(...drawn.values()),
  elements: () => document.querySelector("main > div")?.shadowRoot?.querySelectorAll("*").length ?? 0,
  unmount: panel.unmount,
};
