import type { Client, DeliveryStatus } from "@tidings/core";
import { deliveryTransitions } from "@tidings/core/testing";

/** Every status every command of one client ever had (D5). */
export interface DeliveryLog {
  /** Moves that the published machine does not have, as text. */
  readonly violations: readonly string[];
  readonly moves: number;
  /** The statuses of one command, in order. */
  of(commandId: string): readonly DeliveryStatus[];
}

/** Listens from now on; it must be there before the first command. */
export function logDelivery(client: Client): DeliveryLog {
  const lives = new Map<string, DeliveryStatus[]>();
  const violations: string[] = [];
  let moves = 0;
  client.on("outbox", ({ command: { commandId, type }, status }) => {
    const life = lives.get(commandId) ?? [];
    const before = life.at(-1);
    lives.set(commandId, [...life, status]);
    if (before === status) return; // told again, with a new error
    moves += 1;
    if (!isLegal(before, status)) violations.push(`${type} ${commandId}: ${before ?? "nothing"} → ${status}`);
  });
  return {
    violations,
    get moves() {
      return moves;
    },
    of: (commandId) => lives.get(commandId) ?? [],
  };
}

function isLegal(before: DeliveryStatus | undefined, after: DeliveryStatus): boolean {
  return before === undefined ? after === "queued" : targetsOf(before).has(after);
}

/** Where one event may lead. */
export function targetsOf(status: DeliveryStatus): ReadonlySet<DeliveryStatus> {
  return new Set(Object.values(deliveryTransitions[status]));
}
