/**
 * The parts of Markdown pages that are made from the code. A page says where they go:
 *
 *     <!-- generated: type Command -->
 *     …
 *     <!-- /generated -->
 */
import { readdirSync, readFileSync } from "node:fs";
import { needsApp } from "../../src/connection/machine.ts";
import { deliveryTransitions } from "../../src/delivery/machine.ts";
import { leastRole } from "../../src/domain/permissions.ts";
import { MessagingError } from "../../src/errors/messaging-error.ts";
import { closeCodes } from "../../src/protocol/close-codes.ts";
import { defaultPolicy } from "../../src/protocol/policy.ts";
import { connectionSteps } from "./connection-diagram.ts";

const BLOCK = /(<!-- generated: ([\w-]+)(?: ([^>]*?))? -->\n)[\s\S]*?(<!-- \/generated -->)/g;

/** The page with every generated part made anew. @throws if a part is unknown. */
export function fillBlocks(page: string): string {
  return page.replaceAll(BLOCK, (_, open: string, kind: string, rest: string | undefined, close: string) => {
    return `${open}\n${generate(kind, rest ?? "")}\n\n${close}`;
  });
}

function generate(kind: string, rest: string): string {
  switch (kind) {
    case "type":
      return fence("ts fragment", rest.split(/,\s*/).map(declarationOf).join("\n\n"));
    case "default-policy":
      return fence("json server", JSON.stringify({ type: "policy", policy: defaultPolicy }, null, 2));
    case "delivery-diagram":
      return fence("mermaid", deliveryDiagram());
    case "connection-diagram":
      return fence(
        "mermaid",
        ["stateDiagram-v2", "  [*] --> idle", ...connectionSteps().map(indent)].join("\n"),
      );
    case "close-codes":
      return table(["number", "error code", "come back?"], closeCodeRows());
    case "least-roles":
      return table(
        ["command, or part of one", "least role"],
        Object.entries(leastRole).map(([action, role]) => [`\`${action}\``, role]),
      );
    default:
      throw new Error(`unable to generate "${kind}"; there is no such part`);
  }
}

function fence(language: string, code: string): string {
  return `\`\`\`${language}\n${code}\n\`\`\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function indent(line: string): string {
  return `  ${line}`;
}

function deliveryDiagram(): string {
  const steps = Object.entries(deliveryTransitions).flatMap(([status, row]) =>
    Object.entries(row).map(([event, next]) => `  ${status} --> ${next}: ${event}`),
  );
  return ["stateDiagram-v2", "  [*] --> queued: send", ...steps].join("\n");
}

function closeCodeRows(): string[][] {
  return Object.entries(closeCodes).map(([number, code]) => {
    return [
      number,
      `[\`${code}\`](errors.md#${code.replace("/", "")})`,
      needsApp(new MessagingError(code)) ? "no" : "yes",
    ];
  });
}

const sources = readdirSync(new URL("../../src/protocol/", import.meta.url))
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
  .map((file) => readFileSync(new URL(`../../src/protocol/${file}`, import.meta.url), "utf8"));

/** An interface or type as the source has it, without what only TypeScript needs. */
function declarationOf(name: string): string {
  // An interface ends with a brace in the first column; a type with its first semicolon that is in no nested braces.
  const ofInterface = `interface ${name}\\b[^{]*\\{$[\\s\\S]*?^\\}`;
  const ofType = `type ${name} = [^\\n]*;$|type ${name} =$[\\s\\S]*?^ {2,4}\\S[^\\n]*;$`;
  const start = new RegExp(`^(?:export )?(?:${ofInterface}|${ofType})`, "m");
  const found = sources.map((source) => start.exec(source)?.[0]).find(Boolean);
  if (!found) throw new Error(`unable to show "${name}"; no file of the protocol declares it`);
  return found.replace(/^export /, "").replaceAll("readonly ", "");
}
