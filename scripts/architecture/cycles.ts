/** Cycles of a graph, each once, as the path that closes: `[a, b, a]`. Depth first; a node is entered once. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const cycles: string[][] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const onPath = new Set<string>();

  const enter = (node: string): void => {
    if (onPath.has(node)) {
      cycles.push([...path.slice(path.indexOf(node)), node]);
      return;
    }
    if (done.has(node)) return;
    path.push(node);
    onPath.add(node);
    for (const next of graph.get(node) ?? []) enter(next);
    onPath.delete(node);
    path.pop();
    done.add(node);
  };

  for (const node of graph.keys()) enter(node);
  return cycles;
}
