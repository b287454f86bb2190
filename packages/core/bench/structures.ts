import type { MessageRecord } from "../src/protocol/records.ts";

/** What the timeline is compared with: keeps messages by sequence, the higher rev winning, and shows the end of them. */
export interface Structure {
  apply(message: MessageRecord): void;
  /** Length, and the last `count`. Where it is immutable, what was read before stays as it was. */
  read(count: number): readonly [number, readonly MessageRecord[]];
}

/** The limit: one array, one index, both written in place. No reader can tell that anything changed. */
export function mutableArray(messages: readonly MessageRecord[]): Structure {
  const list = [...messages];
  const byId = new Map(messages.map((message) => [message.id, message]));
  return {
    apply(message) {
      if ((byId.get(message.id)?.rev ?? 0) >= message.rev) return;
      byId.set(message.id, message);
      const index = placeOf(list, message.seq);
      if (list[index]?.seq === message.seq) list[index] = message;
      else list.splice(index, 0, message);
    },
    read: (count) => [list.length, list.slice(-count)],
  };
}

/** What apps write by hand: a new array for each change. */
export function copiedArray(messages: readonly MessageRecord[]): Structure {
  let list = [...messages];
  const byId = new Map(messages.map((message) => [message.id, message]));
  return {
    apply(message) {
      if ((byId.get(message.id)?.rev ?? 0) >= message.rev) return;
      byId.set(message.id, message);
      const index = placeOf(list, message.seq);
      const isThere = list[index]?.seq === message.seq;
      list = [...list.slice(0, index), message, ...list.slice(isThere ? index + 1 : index)];
    },
    read: (count) => [list.length, list.slice(-count)],
  };
}

const BLOCK = 512;

interface Blocks {
  readonly blocks: readonly (readonly MessageRecord[])[];
  readonly length: number;
}

/**
 * A good immutable one: blocks of sequences of which a change copies one, and the list of them. The index by id is
 * shared and mutable, which flatters it.
 */
export function copiedBlocks(messages: readonly MessageRecord[]): Structure {
  const byId = new Map(messages.map((message) => [message.id, message]));
  let state: Blocks = { blocks: [], length: messages.length };
  const initial: MessageRecord[][] = [];
  for (const message of messages) (initial[Math.floor(message.seq / BLOCK)] ??= []).push(message);
  state = { blocks: Array.from(initial, (block) => block ?? []), length: messages.length };
  return {
    apply(message) {
      if ((byId.get(message.id)?.rev ?? 0) >= message.rev) return;
      byId.set(message.id, message);
      const number = Math.floor(message.seq / BLOCK);
      const block = (state.blocks[number] ?? []).slice();
      const index = placeOf(block, message.seq);
      const isThere = block[index]?.seq === message.seq;
      block.splice(index, isThere ? 1 : 0, message);
      const blocks = state.blocks.slice();
      blocks[number] = block;
      state = { blocks, length: state.length + (isThere ? 0 : 1) };
    },
    read(count) {
      const last: MessageRecord[] = [];
      for (let number = state.blocks.length - 1; number >= 0 && last.length < count; number -= 1) {
        last.unshift(...(state.blocks[number] ?? []).slice(-(count - last.length)));
      }
      return [state.length, last];
    },
  };
}

/** The index of `seq`, or where it belongs. */
function placeOf(list: readonly MessageRecord[], seq: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
