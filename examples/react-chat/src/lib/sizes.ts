/** Bytes as people read them. */
export function sizeOf(bytes: number, locale: string): string {
  const [unit, value] =
    bytes < 1_000
      ? ["byte", bytes]
      : bytes < 1_000_000
        ? ["kilobyte", bytes / 1_000]
        : ["megabyte", bytes / 1_000_000];
  return new Intl.NumberFormat(locale, {
    ...{ style: "unit", unit: String(unit), unitDisplay: "short", maximumFractionDigits: 1 },
  }).format(Number(value));
}

/** "1:05" */
export function lengthOf(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
