import type { Storage } from "../../ports/storage.ts";
import type { Figures, FiguresSpan } from "./backend.ts";
import { parseFigures } from "./parse-figures.ts";

/** What was known last of a conversation in figures. */
export interface KnownFigures extends FiguresSpan {
  readonly figures: Figures;
  /** When the backend said so, by this device's clock, ms. */
  readonly at: number;
}

/** Conversations of which the last answer is kept; those asked about longest ago go (D9). */
const MOST_KEPT = 20;
const PLACE = "figures";

/** On the client's storage, one answer a conversation, under whose eyes it was. */
export interface FiguresKeep {
  find(): Promise<KnownFigures | undefined>;
  put(known: KnownFigures): Promise<void>;
  drop(): Promise<void>;
}

export function keepFigures(storage: Storage, userId: string, conversationId: string): FiguresKeep {
  const key = [PLACE, userId, conversationId];
  return {
    find: async () => readKnown(await storage.get(key)),
    async put(known) {
      const kept = await storage.scan({ prefix: [PLACE, userId] });
      const others = kept.filter(([[, , id]]) => id !== conversationId);
      const oldest = others.toSorted((one, other) => ageOf(one[1]) - ageOf(other[1]));
      const tooMany = oldest.slice(0, Math.max(0, others.length + 1 - MOST_KEPT));
      await storage.write([
        ...tooMany.map(([old]) => ({ type: "delete", key: old }) as const),
        { type: "put", key, value: known },
      ]);
    },
    drop: () => storage.write([{ type: "delete", key }]),
  };
}

function ageOf(value: unknown): number {
  return readKnown(value)?.at ?? 0;
}

/** Undefined for what another version has written. */
function readKnown(value: unknown): KnownFigures | undefined {
  const { since, until, offsetMinutes, at, figures }: Readonly<Record<string, unknown>> = Object(value);
  if (typeof since !== "number" || typeof until !== "number" || typeof at !== "number") return undefined;
  try {
    const offset = typeof offsetMinutes === "number" ? { offsetMinutes } : {};
    return { since, until, ...offset, at, figures: parseFigures(figures) };
  } catch {
    return undefined;
  }
}
