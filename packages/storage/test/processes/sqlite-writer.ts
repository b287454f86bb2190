/** A process that writes numbered pairs until it is killed, and says each number when its write has resolved. */
import { sqliteStorage } from "@tidings/storage/sqlite";
import Database from "libsql";

const [, , file = "", from = "0"] = process.argv;
const storage = sqliteStorage({ database: () => new Database(file) });
await storage.open();
for (let number = Number(from); ; number += 1) {
  const [one, other] = ["one", "other"].map((side) => ({ type: "put", key: [side, String(number)], value: number }) as const); // prettier-ignore
  const last = { type: "put", key: ["last"], value: number } as const;
  if (one && other) await storage.write([one, last, other]);
  process.stdout.write(`${number}\n`);
}
