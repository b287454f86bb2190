import type { Command, MessageContent, SendMessage } from "@tidings/core/protocol";

export type Plain = Extract<MessageContent, { readonly text: string }>;
export type Custom = NonNullable<SendMessage["custom"]>;

/** What a command makes people see: of a message, or of a conversation as such. */
export interface Saying {
  readonly name?: string;
  readonly description?: string;
  readonly content?: Plain;
  readonly custom?: Custom;
}

export type Said = Extract<
  Command,
  { readonly type: "message.send" | "message.edit" | "conversation.create" | "conversation.update" }
>;

/** Undefined where nothing is said that anybody here could read. What is forwarded was judged where it was said. */
export function sayingOf(command: Command): readonly [Said, Saying] | undefined {
  if (command.type === "message.send" || command.type === "message.edit") {
    const { content, custom } = command;
    if ("sealed" in content) return undefined;
    const isForward = command.type === "message.send" && command.forward !== undefined;
    return [command, isForward ? { content: { text: "" } } : { content, ...(custom && { custom }) }];
  }
  if (command.type !== "conversation.create" && command.type !== "conversation.update") return undefined;
  const { name, description, custom } = command;
  const saying = {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(custom && { custom }),
  };
  return saidIn(saying) === "" ? undefined : [command, saying];
}

/** All that people may read of it, a line for each: what `ModeratedDraft.text` promises. */
export function saidIn(saying: Saying): string {
  const lines: string[] = [];
  withEach(saying, (text) => (lines.push(text), text));
  return lines.join("\n");
}

/** The same with another text in place of each that people may read, of the same length or not, in the order of `saidIn`. */
export function withEach(saying: Saying, change: (text: string) => string): Saying {
  const { name, description, content, custom } = saying;
  return {
    ...(name !== undefined && { name: change(name) }),
    ...(description !== undefined && { description: change(description) }),
    ...(content && { content: withEachOf(content, change) }),
    ...(custom && { custom: customWith(custom, change) }),
  };
}

function withEachOf(content: Plain, change: (text: string) => string): Plain {
  const { text, poll, attachments, ...others } = content;
  return {
    ...{ ...others, text: change(text) },
    ...(poll && { poll: { ...poll, options: poll.options.map(change) } }),
    ...(attachments && { attachments: attachments.map((file) => ({ ...file, name: change(file.name) })) }),
  };
}

/** Its depth is bounded by the wire. */
function customWith(custom: Custom, change: (text: string) => string): Custom {
  const visit = (value: Custom[string]): Custom[string] => {
    if (typeof value === "string") return change(value);
    if (typeof value !== "object" || value === null) return value;
    return isList(value) ? value.map(visit) : customWith(value, change);
  };
  return Object.fromEntries(Object.entries(custom).map(([key, value]) => [key, visit(value)]));
}

/** `Array.isArray` knows no lists that cannot be written to. */
function isList(value: Custom[string]): value is readonly Custom[string][] {
  return Array.isArray(value);
}
