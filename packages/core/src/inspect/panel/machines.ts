import { connectionMoves, deliveryMoves } from "../moves.ts";
import { type Card, card, type View } from "./card.ts";
import { h, say } from "./dom.ts";
import { draw } from "./drawing.ts";
import { duration } from "./format.ts";

/** Both machines, drawn from their tables, and where they are. */
export function machinesCard({ client, model, clock }: View): Card {
  const connection = draw("Connection", connectionMoves(), "idle");
  const delivery = draw("Delivery of commands", deliveryMoves, "queued");
  const since = h("p", { class: "soft" });
  const body = h(
    "div",
    { class: "machines" },
    h("div", {}, h("h3", {}, "Connection"), connection.element, since),
    h("div", {}, h("h3", {}, "Delivery: how many of the latest commands are where"), delivery.element),
  );
  return card("Machines", [body], (isOpen) => {
    const { name, attempt, since: at, retryAtMs, error } = client.connection.get();
    if (!isOpen) return name;
    const now = clock.now();
    connection.light(new Map([[name, ""]]));
    const counts = new Map<string, number>();
    for (const { steps } of model.lives) {
      const status = steps.at(-1)?.status ?? "queued";
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    delivery.light(new Map([...counts].map(([status, count]) => [status, String(count)])));
    const facts = [
      `${name} for ${duration(Math.max(0, now - at))}`,
      attempt > 0 && name !== "online" && `attempt ${attempt}`,
      retryAtMs !== undefined && `next in ${duration(Math.max(0, retryAtMs - now))}`,
      error?.code,
    ];
    say(since, facts.filter(Boolean).join(" · "));
    return name;
  });
}
