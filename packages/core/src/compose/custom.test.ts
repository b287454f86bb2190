import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import type { MessagingError } from "../errors/messaging-error.ts";
import type { MessageRecord } from "../protocol/records.ts";
import { plainly, readCustom } from "./custom.ts";

const schema = { message: z.object({ a: z.number() }) };

const message = (conversationId: string, custom: MessageRecord["custom"] = {}): MessageRecord => ({
  ...{ type: "message", id: "m", conversationId, rev: 1, seq: 1, kind: "text", authorId: "ada" },
  ...{ content: { text: "x" }, custom, sentAt: 0, createdAt: 0, version: 0, reactions: [] },
});

describe("reading custom data", () => {
  it("without a schema gives records as they are", () => {
    expect(readCustom(undefined, () => {})).toBe(plainly);
    const record = message("a");
    expect(plainly.message(record)).toBe(record);
  });

  it("gives the same object for the same record, and one without custom as it is", () => {
    const { message: read } = readCustom(schema, () => {});
    const fitting = message("a", { a: 1, b: 2 });
    expect(read(fitting)).toEqual(message("a", { a: 1 }));
    expect(read(fitting)).toBe(read(fitting));
    const { custom: _custom, ...without } = message("a");
    expect(read(without)).toBe(without);
  });

  it("[D10] tells of a misfit after the reading, as a listener might draw", async () => {
    const told: MessagingError[] = [];
    const { message: read } = readCustom(schema, (error) => told.push(error));
    expect(read(message("a"))).not.toHaveProperty("custom");
    expect(told).toEqual([]);
    await Promise.resolve();
    expect(told).toMatchObject([
      {
        code: "custom/invalid",
        conversationId: "a",
        message: expect.stringContaining("unable to read what came; custom.a: "),
        issues: [{ part: "custom", path: ["a"], suggestion: "Correct custom.a." }],
      },
    ]);
  });

  it("[D9] tells of a conversation once, of so many things at most, and remembers so many conversations", async () => {
    const told: MessagingError[] = [];
    const list = { message: z.object({ list: z.array(z.string()) }) };
    const { message: read } = readCustom(list, (error) => told.push(error));
    read(message("a", { list: Array.from({ length: 1_000 }, () => 1) }));
    read(message("a"));
    await Promise.resolve();
    expect(told.map(({ issues }) => issues.length)).toEqual([8]);
    for (let count = 1; count <= 1_000; count += 1) read(message(`b${count}`));
    read(message("a"));
    await Promise.resolve();
    expect(told.length).toBe(1 + 1_000 + 1);
  });
});
