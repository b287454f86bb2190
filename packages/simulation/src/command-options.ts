import { parseArgs } from "node:util";

/** One option of a command: its value unless it is given, what that is, and what it does. A value of `false`: a switch. */
interface CommandOption {
  readonly value?: string | false;
  readonly what: string;
}

type Given<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends { readonly value: string }
    ? string
    : string | undefined;
};

/**
 * Reads what a command was called with, each value as text and a switch as `"true"`. `--help`, and what is not understood,
 * end the process with the list of options: with 0, and with 2.
 */
export function commandOptions<Options extends Readonly<Record<string, CommandOption>>>(
  title: string,
  options: Options,
): Given<Options> {
  const given = new Map<string, string>();
  try {
    const kinds = Object.entries(options).map(
      ([name, { value }]) => [name, { type: kindOf(value) }] as const,
    );
    const help = { type: "boolean" } as const;
    const { values } = parseArgs({ options: { ...Object.fromEntries(kinds), help } });
    if (values["help"] === true) leave(title, options, 0);
    for (const [name, value] of Object.entries(values)) given.set(name, String(value));
  } catch (error) {
    process.stderr.write(`unable to begin; ${error instanceof Error ? error.message : String(error)}\n\n`);
    leave(title, options, 2);
  }
  const read = (name: string): string | undefined => given.get(name) ?? (options[name]?.value || undefined);
  return Object.fromEntries(Object.keys(options).map((name) => [name, read(name)])) as Given<Options>;
}

function kindOf(value: CommandOption["value"]): "boolean" | "string" {
  return value === false ? "boolean" : "string";
}

function leave(title: string, options: Readonly<Record<string, CommandOption>>, code: number): never {
  const lines = Object.entries(options).map(([name, { value, what }]) => {
    const fallback = typeof value === "string" ? ` Default: ${value}.` : "";
    return `  --${(value === false ? name : `${name} <value>`).padEnd(20)} ${what}${fallback}`;
  });
  process.stdout.write(`${title}\n\n${lines.join("\n")}\n`);
  process.exit(code);
}
