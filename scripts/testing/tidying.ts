type Tidy = () => void | Promise<void>;

export const tidying: Readonly<Record<"test" | "file", Set<Tidy>>> = { test: new Set(), file: new Set() };

/** Called after every test, or at the end of every file, that this process runs from now on. */
export function afterEvery(what: "test" | "file", tidy: Tidy): void {
  tidying[what].add(tidy);
}
