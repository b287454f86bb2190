import { vi } from "vitest";

/**
 * What is imported as it is where there is no DOM: the hooks look once, when they are loaded. Whoever imports it later, the
 * next file of tests too, gets it with a DOM.
 */
export async function withoutDom<T>(load: () => Promise<T>): Promise<T> {
  const { document } = globalThis;
  vi.stubGlobal("document", undefined);
  vi.resetModules();
  const loaded = await load();
  vi.stubGlobal("document", document);
  vi.resetModules();
  return loaded;
}
