/** One frame, serialised once for whoever receives it. Told apart by identity, so that sharing is cheap to see. */
export interface Packet {
  readonly text: string;
}

/**
 * The frames waiting for a socket, as the last link of a chain. Sockets that wait for the same frames hold the same
 * list: appending the packet that another socket appended to this list gives that socket's list. A hundred members of
 * a conversation thus share one list, and what is made of it (`bytes`) is made once.
 *
 *     none ── A ── B ── C      two sockets at C, one at B
 *              └── ack         and the sender, which got an ack instead
 */
export class FrameList {
  readonly count: number;
  /** UTF-16 units in all frames. */
  readonly length: number;
  /** What the gateway writes for this list, kept for the next socket that holds it. */
  bytes: Uint8Array | undefined;
  readonly #packet: Packet;
  readonly #before: FrameList | undefined;
  #next: FrameList | undefined;

  private constructor(packet: Packet, before: FrameList | undefined) {
    this.#packet = packet;
    this.#before = before;
    this.count = before ? before.count + 1 : 0;
    this.length = before ? before.length + packet.text.length : 0;
  }

  /** The empty list. Everything appended to it since the last `restart` can be shared. */
  static none(): FrameList {
    return new FrameList({ text: "" }, undefined);
  }

  append(packet: Packet): FrameList {
    const next = this.#next;
    if (next && next.#packet === packet) return next;
    return (this.#next = new FrameList(packet, this));
  }

  /** Forgets what followed, so that a list nobody holds can be freed. */
  restart(): void {
    this.#next = undefined;
  }

  /** What goes into one WebSocket message: the frame, or an array of them. */
  toText(): string {
    if (this.count === 1) return this.#packet.text;
    const texts = [this.#packet.text];
    for (let list = this.#before; list && list.count > 0; list = list.#before) texts.push(list.#packet.text);
    return `[${texts.reverse().join(",")}]`;
  }
}
