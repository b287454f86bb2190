import type { ConnectionState } from "@tidings/core";

/**
 * How a client got its links. One that fails once, as when a proxy has not noticed yet that a node is gone, is got over by
 * trying again; one that fails at that too found no way in.
 */
export class Handshakes {
  /** Begun since `forget`. */
  attempts = 0;
  /** Those of them that failed after one that had failed, with no link between. */
  failedAgain = 0;
  #failedInARow = 0;
  #isUnderWay = false;

  note(name: ConnectionState["name"]): void {
    if (name === "connecting") {
      this.attempts += 1;
      this.#isUnderWay = true;
      return;
    }
    if (name === "online") this.#failedInARow = 0;
    // By `idle` and `closed` it was given up by its own client.
    else if (this.#isUnderWay && name !== "idle" && name !== "closed") this.#fail();
    this.#isUnderWay = false;
  }

  forget(): void {
    this.attempts = 0;
    this.failedAgain = 0;
  }

  #fail(): void {
    this.#failedInARow += 1;
    if (this.#failedInARow > 1) this.failedAgain += 1;
  }
}
