/** What a value counts for. */
export interface Sized {
  /** 1 for a value; for a node, the number of values below it. */
  readonly size: number;
  /** Whatever else is to be summed up. */
  readonly weight: number;
}

/**
 * A persistent map from integers (0 to 2³² − 1) to values: writing gives a new map that shares with the old one all but
 * one path. A radix trie of 32 ways, as Bagwell's hash tries (EPFL 2001), but keyed by the integer itself and so in order.
 * Each node knows the size and weight of all below it, so that counting, weighing a stretch and finding the n-th value
 * cost O(log₃₂ n), as everything here does.
 */
export class RadixMap<T extends Sized> {
  readonly #root: Node<T>;
  /** The lowest bit of a key that the root looks at. */
  readonly #shift: number;

  constructor(root: Node<T> = empty, shift = 0) {
    this.#root = root;
    this.#shift = shift;
  }

  get size(): number {
    return this.#root.size;
  }

  get(key: number): T | undefined {
    let shift = this.#shift;
    if (key >>> shift > MASK) return undefined;
    let child = this.#root.children[(key >>> shift) & MASK];
    while (child instanceof Node) child = child.children[(key >>> (shift -= BITS)) & MASK];
    return child;
  }

  /** Calls `write` for each change, with `undefined` to remove; within `work` each node is copied only once. */
  update(work: (write: (key: number, value: T | undefined) => void) => void): RadixMap<T> {
    const owner = {};
    let root = this.#root;
    let shift = this.#shift;
    work((key, value) => {
      for (; key >>> shift > MASK; shift += BITS) {
        root = new Node(root.size, root.weight, root.size > 0 ? [root] : [], root.owner);
      }
      root = written(root, shift, key, value, owner) ?? empty;
    });
    return root === this.#root ? this : new RadixMap(root, shift);
  }

  /** All values whose keys are below `key`, together. */
  below(key: number): Sized {
    let size = 0;
    let weight = 0;
    let shift = this.#shift;
    if (key >>> shift > MASK) return this.#root;
    for (let node: Child<T> = this.#root; node instanceof Node; shift -= BITS) {
      const end: number = (key >>> shift) & MASK;
      for (let slot = 0; slot < end; slot += 1) {
        const child = node.children[slot];
        size += child?.size ?? 0;
        weight += child?.weight ?? 0;
      }
      node = node.children[end];
    }
    return { size, weight };
  }

  /** At most `count` values by ascending key, from the `skip`-th (0 has the lowest key) on. */
  slice(skip: number, count: number): readonly T[] {
    return this.map(skip, count, (value) => value);
  }

  /** What `make` makes of each of them. */
  map<U>(skip: number, count: number, make: (value: T) => U): readonly U[] {
    const made: U[] = [];
    collect(this.#root, Math.max(0, skip), count, made, make);
    return made;
  }
}

const BITS = 5;
const MASK = 31;

type Child<T> = T | Node<T> | undefined;

/** Below the lowest nodes are the values. */
class Node<T> {
  size: number;
  weight: number;
  readonly children: Child<T>[];
  /** Whose `update` made it, and may still write to it. */
  readonly owner: object | undefined;

  constructor(size = 0, weight = 0, children: Child<T>[] = [], owner?: object) {
    this.size = size;
    this.weight = weight;
    this.children = children;
    this.owner = owner;
  }
}

const empty = new Node<never>();

/** The node after a write below it; `undefined` once nothing is left. */
function written<T extends Sized>(
  node: Node<T>,
  shift: number,
  key: number,
  value: T | undefined,
  owner: object,
): Node<T> | undefined {
  const { size, weight, children } = node;
  const copy = node.owner === owner ? node : new Node(size, weight, children.slice(), owner);
  const slot = (key >>> shift) & MASK;
  const before = children[slot];
  copy.size -= before?.size ?? 0;
  copy.weight -= before?.weight ?? 0;
  const child = before instanceof Node ? before : empty;
  const after = shift > 0 ? written(child, shift - BITS, key, value, owner) : value;
  copy.children[slot] = after;
  copy.size += after?.size ?? 0;
  copy.weight += after?.weight ?? 0;
  return copy.size > 0 ? copy : undefined;
}

/** Counts the children before the `skip`-th value from whichever end is nearer: a screen reads the newest. */
function collect<T extends Sized, U>(
  { size, children }: Node<T>,
  skip: number,
  count: number,
  made: U[],
  make: (value: T) => U,
): void {
  const isNearStart = skip < size / 2;
  let slot = isNearStart ? 0 : children.length;
  let before = isNearStart ? 0 : size;
  while (before > skip) before -= children[--slot]?.size ?? 0;
  for (; slot < children.length && made.length < count; slot += 1) {
    const child = children[slot];
    if (!child) continue;
    const left = Math.max(0, skip - before);
    before += child.size;
    if (left >= child.size) continue;
    if (child instanceof Node) collect(child, left, count, made, make);
    else made.push(make(child));
  }
}
