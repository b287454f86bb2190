/**
 * A persistent map from integers (0 to 2³² − 1) to values: writing gives a new map that shares with the old one all
 * but one path. A radix trie, 32 ways at each level, as Bagwell's hash tries (EPFL 2001) but keyed by the integer
 * itself, so that it is ordered. Each node knows how many values lie below it and what they weigh, so counting,
 * finding the n-th and weighing a stretch take O(log₃₂ n), as everything here does.
 */
export class RadixMap<T> {
  readonly #weigh: (value: T) => number;
  readonly #root: Node<T>;
  /** The lowest bit of a key that the root looks at. */
  readonly #shift: number;

  /** @param weigh - what a value counts for in `below`; it must always say the same of the same value. */
  constructor(weigh: (value: T) => number, root: Node<T> = empty, shift = 0) {
    this.#weigh = weigh;
    this.#root = root;
    this.#shift = shift;
  }

  get size(): number {
    return this.#root.size;
  }

  get(key: number): T | undefined {
    let node: Node<T> | undefined = this.#root;
    if (key >>> this.#shift > MASK) return undefined;
    for (let shift = this.#shift; shift > 0 && node; shift -= BITS) node = node.nodes[(key >>> shift) & MASK];
    return node?.values[key & MASK];
  }

  /** `undefined` removes what is there. */
  set(key: number, value: T | undefined): RadixMap<T> {
    return this.#written(key, value, {});
  }

  /** Many writes for little more than the price of one: within `work` each node is copied once. */
  update(work: (write: (key: number, value: T | undefined) => void) => void): RadixMap<T> {
    const owner = {};
    let next: RadixMap<T> = this;
    work((key, value) => {
      next = next.#written(key, value, owner);
    });
    return next;
  }

  /** How many keys are below `key`, and what their values weigh together. */
  below(key: number): Totals {
    let size = 0;
    let weight = 0;
    let node: Node<T> | undefined = this.#root;
    if (key >>> this.#shift > MASK) return node;
    for (let shift = this.#shift; node; shift -= BITS) {
      const end: number = (key >>> shift) & MASK;
      for (let slot = 0; slot < end; slot += 1) {
        const child: Node<T> | undefined = node.nodes[slot];
        const value: T | undefined = node.values[slot];
        if (value !== undefined) {
          size += 1;
          weight += this.#weigh(value);
        } else if (child) {
          size += child.size;
          weight += child.weight;
        }
      }
      node = node.nodes[end];
    }
    return { size, weight };
  }

  /** At most `count` values by ascending key, from the `skip`-th (0 has the lowest key) on. */
  slice(skip: number, count: number): readonly T[] {
    const found = new Array<T>(Math.max(0, Math.min(count, this.size - skip)));
    collect(this.#root, skip, found, 0);
    return found;
  }

  #written(key: number, value: T | undefined, owner: object): RadixMap<T> {
    let root = this.#root;
    let shift = this.#shift;
    for (; key >>> shift > MASK; shift += BITS) {
      root = { ...root, nodes: root.size > 0 ? [root] : [], values: none };
    }
    root = write(root, shift, key, value, this.#weigh, owner) ?? empty;
    return root === this.#root ? this : new RadixMap(this.#weigh, root, shift);
  }
}

export interface Totals {
  readonly size: number;
  readonly weight: number;
}

const BITS = 5;
const MASK = 31;

/** A leaf has values, any other node has nodes. */
interface Node<T> {
  size: number;
  weight: number;
  readonly nodes: (Node<T> | undefined)[];
  readonly values: (T | undefined)[];
  /** Whose `update` made it, and may still write to it. */
  readonly owner: object | undefined;
}

/** Shared by all nodes that have no values, or no nodes; never written to. */
const none: never[] = [];
const empty: Node<never> = { size: 0, weight: 0, nodes: none, values: none, owner: undefined };

/** `undefined` once nothing is left. */
function write<T>(
  node: Node<T> | undefined,
  shift: number,
  key: number,
  value: T | undefined,
  weigh: (value: T) => number,
  owner: object,
): Node<T> | undefined {
  const slot = (key >>> shift) & MASK;
  const copy = node?.owner === owner ? node : copied(node ?? empty, shift, owner);
  if (shift > 0) {
    const before = copy.nodes[slot];
    copy.size -= before?.size ?? 0;
    copy.weight -= before?.weight ?? 0;
    const after = write(before, shift - BITS, key, value, weigh, owner);
    copy.nodes[slot] = after;
    copy.size += after?.size ?? 0;
    copy.weight += after?.weight ?? 0;
  } else {
    const before = copy.values[slot];
    copy.values[slot] = value;
    copy.size += (value === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
    copy.weight += (value === undefined ? 0 : weigh(value)) - (before === undefined ? 0 : weigh(before));
  }
  return copy.size > 0 ? copy : undefined;
}

function copied<T>({ size, weight, nodes, values }: Node<T>, shift: number, owner: object): Node<T> {
  return shift > 0
    ? { size, weight, nodes: nodes.slice(), values: none, owner }
    : { size, weight, nodes: none, values: values.slice(), owner };
}

/** Fills `found` from index `start` on; answers the index after. */
function collect<T>({ nodes, values }: Node<T>, skip: number, found: T[], start: number): number {
  let left = skip;
  let next = start;
  for (let slot = 0; slot < values.length && next < found.length; slot += 1) {
    const value = values[slot];
    if (value !== undefined && left-- <= 0) found[next++] = value;
  }
  for (let slot = 0; slot < nodes.length && next < found.length; slot += 1) {
    const child = nodes[slot];
    if (child && left < child.size) {
      next = collect(child, left, found, next);
      left = 0;
    } else if (child) left -= child.size;
  }
  return next;
}
