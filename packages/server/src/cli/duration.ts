import { misused } from "./misused.ts";

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `"30s"` and the like in milliseconds. */
export function readDuration(text: string): number {
  const [, amount, unit] = /^(\d{1,6})([smhd])$/u.exec(text) ?? [];
  const ms = unit === undefined ? undefined : unitMs[unit];
  if (amount === undefined || ms === undefined)
    throw misused(`"${text}" is not a duration such as 30s, 15m, 12h or 7d`);
  return Number(amount) * ms;
}
