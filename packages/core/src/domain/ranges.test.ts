import { describe, expect, it } from "vitest";
import type { Command } from "../protocol/commands.ts";
import type { ParticipantRecord, TextRange } from "../protocol/records.ts";
import { withSoundRanges } from "./ranges.ts";

const at = { commandId: "c", conversationId: "a", at: 0 } as const;
const send = (...ranges: readonly TextRange[]): Command => ({
  ...{ type: "message.send", kind: "text", content: { text: "abcd", ranges }, ...at },
});
const range = (type: TextRange["type"], value: string): TextRange => ({ type, start: 0, end: 1, value });
const participant = (userId: string): ParticipantRecord | undefined => {
  const status = ({ ada: "active", mo: "muted", leo: "left", rem: "removed" } as const)[userId];
  return (
    status && {
      type: "participant",
      conversationId: "a",
      userId,
      rev: 1,
      role: "member",
      status,
      joinedAt: 0,
    }
  );
};

describe("ranges as a backend keeps them", () => {
  it("mention who is there, lead to pages and letters, and name groups there are (row D6)", () => {
    const kept = [
      ...[range("mention", "ada"), range("mention", "mo"), range("group", "here"), range("group", "admin")],
      ...[
        range("link", "https://a.example/"),
        range("link", "MAILTO:ada@a.example"),
        range("hashtag", "javascript:"),
      ],
    ];
    const dropped = [
      ...[
        range("mention", "leo"),
        range("mention", "rem"),
        range("mention", "eve"),
        range("group", "everyone"),
      ],
      ...["javascript:alert(1)", " javascript:x", "data:text/html,x", "//evil.example", ""].map((value) => range("link", value)), // prettier-ignore
    ];
    expect(withSoundRanges(send(...kept, ...dropped), { participant })).toEqual(send(...kept));
    const edit = {
      type: "message.edit",
      messageId: "m",
      content: { text: "abcd", ranges: dropped },
      ...at,
    } as const;
    expect(withSoundRanges(edit, { participant })).toEqual({ ...edit, content: { text: "abcd" } });
  });

  it("leave a command as it is that has nothing to drop", () => {
    const sealed: Command = {
      type: "message.send",
      kind: "text",
      content: { sealed: "x", scheme: "y" },
      ...at,
    };
    for (const command of [
      send(range("mention", "ada")),
      sealed,
      { type: "participant.join", ...at } as const,
    ])
      expect(withSoundRanges(command, { participant })).toBe(command);
  });
});
