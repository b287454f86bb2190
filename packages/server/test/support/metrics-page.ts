/** A page in the text format of Prometheus, as far as ours need it: at most one label. */
export interface ParsedPage {
  readonly text: string;
  /** Names of all metrics, without those of the parts of a histogram. */
  readonly names: ReadonlySet<string>;
  /** @param label - the value of the one label. */
  readonly value: (name: string, label?: string) => number | undefined;
}

export function parsePage(text: string): ParsedPage {
  const values = new Map<string, number>();
  const names = new Set<string>();
  for (const line of text.split("\n")) {
    const [, declared] = /^# TYPE (\S+) /u.exec(line) ?? [];
    if (declared !== undefined) names.add(declared);
    const [, name, label, value] = /^([\w:]+)(?:\{\w+="([^"]*)"\})? (\S+)$/u.exec(line) ?? [];
    if (name !== undefined) values.set(keyOf(name, label), Number(value));
  }
  return { text, names, value: (name, label) => values.get(keyOf(name, label)) };
}

function keyOf(name: string, label = ""): string {
  return `${name} ${label}`;
}
