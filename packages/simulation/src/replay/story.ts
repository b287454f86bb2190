import type { RecordedEntry, Recording } from "@tidings/core/inspect";

export interface StoryOptions {
  /** Also what is there to replay rather than to read: timers, chance, storage, pings. */
  readonly isWhole?: boolean;
}

/** What happened, a line each: when since the client was made, where, and what. */
export function storyOf({ header, entries, end }: Recording, { isWhole = false }: StoryOptions = {}): string {
  const asked = new Map<number, string>();
  const { userId = "somebody", redacted, dropped, durability = "none" } = header;
  const lines = entries.flatMap((entry) => {
    const [place, what] = lineOf(entry, asked);
    if (!isWhole && isDull(entry, place, what)) return [];
    return `${elapsed(entry.at - header.at)}  ${place.padEnd(10)}  ${what}`;
  });
  const { connection, outbox, conversations } = end.state;
  return [
    `A client of ${userId}, made ${new Date(header.at).toISOString()}; storage: ${durability}; ${redacted ? "redacted" : "with what people wrote"}`,
    ...(dropped > 0 ? [`The first ${dropped} entries had gone before it was exported.`] : []),
    "",
    ...lines,
    "",
    `In the end ${connection}; ${outbox.length} in the outbox; ${conversations.length} conversations`,
    ...conversations.map(({ conversationId, rev, head, count, complete }) => {
      const how = complete ? "complete" : "not complete";
      return `  ${conversationId}: ${count} items, revision ${rev ?? "none"} of ${head.rev}, ${how}`;
    }),
  ].join("\n");
}

type Line = readonly [place: string, what: string];

/** @param asked - filled with what is asked, for the answers to be read with it. */
function lineOf(entry: RecordedEntry, asked: Map<number, string>): Line {
  switch (entry.type) {
    case "call":
      return [
        "app",
        [entry.name, entry.conversationId, ...entry.args].filter((each) => each !== undefined).join(" "),
      ];
    case "command": {
      const { type, commandId, conversationId } = entry.command;
      return ["app", `gives ${type} ${commandId} to ${conversationId}`];
    }
    case "ask": {
      const { id, port, call, link, key } = entry;
      const what = `${call} ${key}`.trim();
      const place = link === undefined ? port : `link ${link}`;
      asked.set(id, `${place}\n${what}`);
      return [place, `→ ${what}`];
    }
    case "answer": {
      const [place = "", what = ""] = asked.get(entry.id)?.split("\n") ?? [];
      const outcome = entry.error ? `${entry.error.code}, ` : "";
      return [place, `← ${what}: ${outcome}${entry.tookMs} ms`];
    }
    case "heard":
      return [`link ${entry.link}`, `← ${entry.events.map(eventOf).join(", ")}`];
    case "said":
      return [`link ${entry.link}`, entry.signal ? `→ ${entry.signal.type}` : "→ close"];
    case "timer":
      return ["clock", "a timer rings"];
    case "chance":
      return ["chance", String(entry.value)];
    case "platform":
      return ["platform", entry.hasNetwork ? "there is a network" : "there is no network"];
    case "connection":
      return ["connection", `${entry.name}${codeOf(entry)}`];
    case "delivery":
      return ["command", `${entry.commandId} ${entry.status}${codeOf(entry)}`];
    case "gap": {
      const { conversationId, afterRev, upTo } = entry;
      return [
        "gap",
        afterRev === undefined
          ? `${conversationId} repaired`
          : `${conversationId} lacks ${afterRev + 1} to ${upTo}`,
      ];
    }
    case "fault":
      return ["by hand", entry.isCut ? "every link is cut" : JSON.stringify(entry.faults)];
  }
}

function eventOf(event: Extract<RecordedEntry, { readonly type: "heard" }>["events"][number]): string {
  if (event.type === "change")
    return `${event.change.kind} ${event.change.conversationId} ${event.change.rev}`;
  return event.type === "closed" ? `closed ${event.reason.code}` : event.type;
}

function codeOf({ code }: { readonly code?: string | undefined }): string {
  return code === undefined ? "" : ` (${code})`;
}

function isDull({ type }: RecordedEntry, place: string, what: string): boolean {
  return type === "timer" || type === "chance" || place === "storage" || /^[→←] ping/.test(what);
}

function elapsed(ms: number): string {
  return `+${(ms / 1_000).toFixed(3)} s`.padStart(14);
}
