export type LogLevel = "debug" | "info" | "warn" | "error";

/** Takes one line of log. `fields` hold ids, codes and numbers, never what people wrote nor tokens. */
export type Logger = (level: LogLevel, event: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Says nothing. */
export const silentLogger: Logger = () => {};
