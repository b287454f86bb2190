import type { Remembered as RememberedAnswer } from "../answers.ts";
import type { AuditEntry } from "../audit.ts";
import type { CaseEvent } from "../case-events.ts";
import type { Scene } from "../settle.ts";
import type { Caches } from "../working-set.ts";
import { WorkingSet } from "../working-set.ts";
import type { LoadedRows } from "./loaded-rows.ts";
import type { KeptAnswer } from "./write.ts";

/** Where one batch is decided, and what is to be written of it beside `rows.writes`. */
export interface Stage {
  readonly scene: Scene;
  readonly answers: readonly KeptAnswer[];
  readonly entries: readonly AuditEntry[];
  readonly events: readonly CaseEvent[];
}

/** @param known - which of `commandIds` were answered before, and what. */
export function stage(
  rows: LoadedRows,
  commandIds: readonly string[],
  known: Map<string, RememberedAnswer>,
  onDefect: (error: unknown) => void,
): Stage {
  const answers: KeptAnswer[] = [];
  const entries: AuditEntry[] = [];
  const events: CaseEvent[] = [];
  const unusedIds = new Set(commandIds.filter((id) => !known.has(id)));
  const scene: Scene = {
    work: new WorkingSet(rows, noCaches(), unusedIds),
    known,
    keep: (commandId, remembered, at) => void answers.push({ commandId, remembered, at }),
    audit: (entry) => void entries.push(entry),
    mark: (event) => void events.push(event),
    onDefect,
  };
  return { scene, answers, entries, events };
}

function noCaches(): Caches {
  return { conversations: new Map(), participants: new Map(), messages: new Map(), receipts: new Map() };
}
