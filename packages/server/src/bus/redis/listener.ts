import type { Connection } from "./redis-link.ts";

/**
 * So many signs of life that nobody was heard to give, oneself included, and the connection is taken for dead, though it
 * looks alive: who only listens would never find out.
 */
const MOST_UNHEARD = 3;

export interface ListenerOptions {
  /** Ends with the listener. */
  readonly connection: Connection;
  readonly channel: string;
  readonly onMessage: (text: string) => void;
  /** From here on everything is heard; before that it may not have been. */
  readonly onHeard: () => void;
  readonly onFailure: (error: unknown) => void;
}

/** The connection by which a node hears all of them, and itself. */
export class Listener {
  readonly #options: ListenerOptions;
  #isHeard = false;
  #unheard = 0;

  constructor(options: ListenerOptions) {
    this.#options = options;
    const { connection, onMessage } = options;
    connection.on("ready", () => void this.#subscribe());
    connection.on("close", () => (this.#isHeard = false));
    connection.on("message", (_channel: string, text: string) => {
      this.#unheard = 0;
      onMessage(text);
    });
  }

  /** Is everything heard that is said? */
  get isHeard(): boolean {
    return this.#isHeard;
  }

  /** Another sign of life should be heard. */
  expect(): void {
    const { connection, onFailure } = this.#options;
    if (connection.status !== "ready") return;
    this.#unheard += 1;
    if (this.#unheard <= MOST_UNHEARD) return;
    this.#isHeard = false;
    connection.disconnect(true);
    onFailure(new Error("unable to hear other nodes; Redis says nothing"));
  }

  close(): void {
    this.#options.connection.disconnect();
  }

  async #subscribe(): Promise<void> {
    const { connection, channel, onHeard, onFailure } = this.#options;
    this.#unheard = 0;
    try {
      await connection.subscribe(channel);
      this.#isHeard = true;
      onHeard();
    } catch (error) {
      onFailure(error);
    }
  }
}
