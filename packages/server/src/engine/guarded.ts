/** Keeps a defect from taking the process, and everybody else's links, with it. @returns did it go well? */
export function guarded(
  onFailure: (what: string, error: unknown) => void,
  what: string,
  run: () => void,
): boolean {
  try {
    run();
    return true;
  } catch (error) {
    onFailure(what, error);
    return false;
  }
}
