/** A database without an SDK: one store, one value per message. */
import type { PlainRecord } from "./plain-record.ts";

const NAME = "react-bench-plain";

export async function keep(records: readonly PlainRecord[]): Promise<void> {
  const opening = indexedDB.open(NAME);
  opening.onupgradeneeded = () => opening.result.createObjectStore("messages", { keyPath: "seq" });
  const db = await settled(opening);
  const transaction = db.transaction("messages", "readwrite");
  for (const record of records) transaction.objectStore("messages").put(record);
  await new Promise((resolve) => (transaction.oncomplete = resolve));
  db.close();
}

export async function kept(): Promise<readonly PlainRecord[]> {
  const db = await settled(indexedDB.open(NAME));
  return settled<PlainRecord[]>(db.transaction("messages").objectStore("messages").getAll());
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
