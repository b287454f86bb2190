import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

/**
 * Makes UUIDs of version 7 (RFC 9562, section 5.7): unique, and ascending within one maker.
 *
 * The 12 bits after the timestamp count within a millisecond (method 1 of section 6.2); when they run out, or the
 * clock steps back, the timestamp runs ahead of the clock instead, so order never breaks. Order between makers
 * means nothing: the backend's sequence orders messages (D3).
 */
export function createIds(clock: Clock, random: Random): () => string {
  let lastMs = 0;
  let counter = 0;
  return () => {
    const now = Math.floor(clock.now()); // a fraction would not be hexadecimal
    if (now > lastMs) {
      lastMs = now;
      counter = 0;
    } else if (++counter > 0xfff) {
      lastMs += 1;
      counter = 0;
    }
    return format(lastMs, counter, random.fill(new Uint8Array(8)));
  };
}

function format(ms: number, counter: number, chance: Uint8Array): string {
  const time = hex(ms, 12);
  const [first = 0, second = 0, ...rest] = chance;
  const head = hex(((first % 64) | 0x80) * 256 + second, 4); // the variant bits, 10
  const tail = hex(
    rest.reduce((sum, byte) => sum * 256 + byte, 0),
    12,
  );
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(counter, 3)}-${head}-${tail}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
