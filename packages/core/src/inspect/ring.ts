/** Lines of text within two bounds; at either the oldest go (D9). */
export interface Ring {
  push(line: string): void;
  lines(): readonly string[];
  readonly length: number;
  /** Of all lines, in UTF-16 units. */
  readonly size: number;
  /** How many went. */
  readonly dropped: number;
}

export interface RingBounds {
  readonly entries: number;
  readonly size: number;
}

/** Gone ones are cut off this many at a time: to move the whole for each would cost a step for every line there is. */
const CUT = 1_024;

export function createRing({ entries, size: most }: RingBounds): Ring {
  let kept: string[] = [];
  let first = 0;
  let size = 0;
  let dropped = 0;

  const drop = (): void => {
    size -= kept[first]?.length ?? 0;
    kept[first] = "";
    first += 1;
    dropped += 1;
    if (first < CUT) return;
    kept = kept.slice(first);
    first = 0;
  };

  return {
    push(line) {
      kept.push(line);
      size += line.length;
      while (kept.length > first && (kept.length - first > entries || size > most)) drop();
    },
    lines: () => kept.slice(first),
    get length() {
      return kept.length - first;
    },
    get size() {
      return size;
    },
    get dropped() {
      return dropped;
    },
  };
}
