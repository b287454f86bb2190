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
    let node: Node<T> | undefined = key >>> shift > MASK ? undefined : this.#root;
    for (; shift > 0; shift -= BITS) node = node?.nodes[(key >>> shift) & MASK];
    return node?.values[key & MASK];
  }

  /** Calls `write` for each change, with `undefined` to remove; within `work` each node is copied only once. */
  update<More extends Sized = T>(
    work: (write: (key: number, value: T | More | undefined) => void) => void,
  ): RadixMap<T | More> {
    const owner = {};
    let root: Node<T | More> = this.#root;
    let shift = this.#shift;
    work((key, value) => {
      for (; key >>> shift > MASK; shift += BITS) {
        root = { ...root, nodes: root.size > 0 ? [root] : [], values: [] };
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
    for (let node: Node<T> | undefined = this.#root; node; shift -= BITS) {
      const end: number = (key >>> shift) & MASK;
      for (let slot = 0; slot < end; slot += 1) {
        const child: Sized | undefined = node.nodes[slot] ?? node.values[slot];
        size += child?.size ?? 0;
        weight += child?.weight ?? 0;
      }
      node = node.nodes[end];
    }
    return { size, weight };
  }

  /** At most `count` values by ascending key, from the `skip`-th (0 has the lowest key) on. */
  slice(skip: number, count: number): readonly T[] {
    const found: T[] = [];
    collect(this.#root, skip, count, found);
    return found;
  }
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

const empty: Node<never> = { size: 0, weight: 0, nodes: [], values: [], owner: undefined };

/** `undefined` once nothing is left. */
function written<T extends Sized>(
  node: Node<T> | undefined,
  shift: number,
  key: number,
  value: T | undefined,
  owner: object,
): Node<T> | undefined {
  const slot = (key >>> shift) & MASK;
  const { size, weight, nodes, values } = node ?? empty;
  const copy: Node<T> =
    node?.owner === owner ? node : { size, weight, nodes: nodes.slice(), values: values.slice(), owner };
  const before: Sized | undefined = nodes[slot] ?? values[slot];
  copy.size -= before?.size ?? 0;
  copy.weight -= before?.weight ?? 0;
  const after: Sized | undefined =
    shift > 0
      ? (copy.nodes[slot] = written(nodes[slot], shift - BITS, key, value, owner))
      : (copy.values[slot] = value);
  copy.size += after?.size ?? 0;
  copy.weight += after?.weight ?? 0;
  return copy.size > 0 ? copy : undefined;
}

function collect<T>({ nodes, values }: Node<T>, skip: number, count: number, found: T[]): void {
  let left = skip;
  for (const node of nodes) {
    if (!node || found.length >= count) continue;
    if (left < node.size) {
      collect(node, left, count, found);
      left = 0;
    } else left -= node.size;
  }
  for (const value of values) {
    if (value && found.length < count && left-- <= 0) found.push(value);
  }
}
