const options: Intl.DateTimeFormatOptions = {
  ...{ hourCycle: "h23", hour: "2-digit", minute: "2-digit", second: "2-digit" },
};
let clock: Intl.DateTimeFormat | undefined;

/** A moment, as the person's clock has it. */
export function time(at: number): string {
  return (clock ??= new Intl.DateTimeFormat("en-GB", options)).format(at);
}

/** `340 ms`, `2.1 s`, `4 min`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

/** `340 B`, `2.1 kB`, `5.8 MB`. */
export function bytes(size: number): string {
  if (size < 1_000) return `${size} B`;
  return size < 1_000_000 ? `${(size / 1_000).toFixed(1)} kB` : `${(size / 1_000_000).toFixed(1)} MB`;
}
