import type { Page } from "playwright-core";

/** A network that loses some of what the server says, while the link stays. */
export interface LosingNetwork {
  /** From now on changes that match are lost, and no question is answered. */
  lose(pattern: RegExp): void;
  /** Nothing is lost any more, and all questions are answered. */
  heal(): void;
}

/** Between the page and its server, from the next time it is loaded. */
export async function losingNetwork(page: Page): Promise<LosingNetwork> {
  let lost: RegExp | undefined;
  const held: (() => void)[] = [];
  await page.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((frame) => {
      const text = String(frame);
      if (lost && text.includes('"type":"result"')) held.push(() => socket.send(frame));
      else if (!lost?.test(text)) socket.send(frame);
    });
  });
  return {
    lose(pattern) {
      lost = pattern;
    },
    heal() {
      lost = undefined;
      for (const send of held.splice(0)) send();
    },
  };
}
