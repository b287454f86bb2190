import { describe, expect, it } from "vitest";
import type { Command } from "../protocol/commands.ts";
import type { ParticipantRecord, TextRange } from "../protocol/records.ts";
import { peopleMeant, withSoundRanges } from "./ranges.ts";

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

  it("link no text that names another host, and mention nobody by the id of somebody else (row D6)", () => {
    const text = "https://bank.example/ @ada @mo @Ada L.";
    const over = (said: string, type: TextRange["type"], value: string): TextRange => {
      const start = text.indexOf(said);
      return { type, start, end: start + said.length, value };
    };
    const sent = (...ranges: readonly TextRange[]): Command => ({
      ...{ type: "message.send", kind: "text", content: { text, ranges }, ...at },
    });
    const lies = [
      ...[over("https://bank.example/", "link", "https://evil.example/"), over("@ada", "mention", "mo")],
      over("@mo", "group", "here"),
    ];
    const plain = { ...sent(), content: { text } };
    expect(withSoundRanges(sent(...lies), { participant })).toEqual(plain);
    const honest = [
      ...[over("https://bank.example/", "link", "https://bank.example/"), over("@ada", "mention", "ada")],
      ...[over("@mo", "mention", "mo"), over("@Ada L.", "mention", "ada")],
    ];
    expect(withSoundRanges(sent(...honest), { participant })).toEqual(sent(...honest));
    expect(peopleMeant({ text, ranges: [...lies, ...honest] })).toEqual([
      ...["mo", "ada", "mo", "ada", "ada", "mo", "mo", "ada", "Ada L."],
    ]);
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
