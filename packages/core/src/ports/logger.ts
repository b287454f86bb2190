export type LogLevel = "debug" | "info" | "warn" | "error";

/** Takes one line of log. `fields` hold ids, codes and numbers, never what people wrote nor tokens. */
export type Logger = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Warnings and errors go to the console, each event with each code once: whoever comes back for ever must not flood it. */
export function consoleLogger(): Logger {
  const said = new Set<string>();
  return (level, event, fields) => {
    const key = `${event} ${String(fields?.["code"])}`;
    if ((level !== "warn" && level !== "error") || said.has(key)) return;
    said.add(key);
    console[level](`tidings: ${event}`, fields);
  };
}
