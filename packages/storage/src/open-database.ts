/** Brings a database one version further, within the transaction that raises its version. */
export type Migration = (database: IDBDatabase, upgrade: IDBTransaction) => void;

/**
 * Some browsers never answer: WebKit after it has restarted its network process, any while another tab keeps an older
 * version open.
 */
export const OPEN_TIMEOUT_MS = 5_000;

/** Its version is the number of migrations. One that comes late is closed again. */
export function openDatabase(name: string, migrations: readonly Migration[]): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    let reason = "the browser does not answer";
    let isLate = false;
    const request = indexedDB.open(name, migrations.length);
    const timer = setTimeout(() => {
      isLate = true;
      reject(new Error(`${reason} for ${OPEN_TIMEOUT_MS} ms`));
    }, OPEN_TIMEOUT_MS);
    request.onupgradeneeded = ({ oldVersion }) => {
      const { result, transaction } = request;
      if (transaction) for (const migrate of migrations.slice(oldVersion)) migrate(result, transaction);
    };
    request.onblocked = () => {
      reason = "another tab has kept an older version open";
    };
    request.onerror = () => {
      clearTimeout(timer);
      reject(request.error ?? new Error("the browser does not say why"));
    };
    request.onsuccess = () => {
      clearTimeout(timer);
      if (isLate) request.result.close();
      else resolve(request.result);
    };
  });
}
