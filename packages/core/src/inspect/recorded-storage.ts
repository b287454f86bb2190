import type { Storage, StorageKey, StorageOperation } from "../ports/storage.ts";
import type { Asked, Tape } from "./recorder.ts";

/**
 * The same storage, on tape.
 *
 * @param onFound - told of each key whose value was read by a scan.
 */
export function recordedStorage(storage: Storage, tape: Tape, onFound: (key: StorageKey) => void): Storage {
  const asked = (call: string, key = ""): Asked => ({ port: "storage", call, key });
  const nothing = (): undefined => undefined;
  return {
    get supports() {
      return storage.supports;
    },
    open: () => tape.ask(asked("open"), () => storage.open(), nothing),
    get: (key) =>
      tape.ask(
        asked("get", key.join("/")),
        () => storage.get(key),
        (value) => storedValue(key, value, tape),
      ),
    scan: (range) =>
      tape.ask(
        asked("scan", [...range.prefix, "…", ...(range.after ?? [])].join("/")),
        () => storage.scan(range),
        (rows) =>
          rows.map(([key, value]) => {
            onFound(key);
            return [key, storedValue(key, value, tape)];
          }),
      ),
    write: (operations) =>
      tape.ask(
        { ...asked("write", shapeOf(operations)), size: operations.length },
        () => storage.write(operations),
        nothing,
      ),
    close: () => tape.ask(asked("close"), () => storage.close(), nothing),
  };
}

/** Who used this storage last is an id, though it lies there as bare text. */
function storedValue(key: StorageKey, value: unknown, { redact }: Tape): unknown {
  return key.length === 1 && key[0] === "user" ? value : redact(value);
}

/** What kinds of key are written, and how many of each: `put outbox ×1, delete cache/messages ×20`. */
function shapeOf(operations: readonly StorageOperation[]): string {
  const counts = new Map<string, number>();
  for (const { type, key } of operations) {
    const [area = "", , , kind = ""] = key;
    const shape = `${type} ${area === "cache" ? `${area}/${kind}` : area}`;
    counts.set(shape, (counts.get(shape) ?? 0) + 1);
  }
  return [...counts].map(([shape, count]) => `${shape} ×${count}`).join(", ");
}
