import { vi } from "vitest";

/** What is imported as it is where there is no DOM: the hooks look once, when they are loaded. */
export async function withoutDom<T>(load: () => Promise<T>): Promise<T> {
  const { document } = globalThis;
  vi.stubGlobal("document", undefined);
  vi.resetModules();
  const loaded = await load();
  vi.stubGlobal("document", document);
  return loaded;
}
