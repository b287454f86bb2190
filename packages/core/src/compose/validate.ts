import { isJsonWithin } from "../base/json.ts";
import { uploads } from "../domain/content.ts";
import type { ErrorIssue } from "../errors/messaging-error.ts";
import { CUSTOM_DEPTH, CUSTOM_NODES } from "../protocol/bounds.ts";
import { frameBytes } from "../protocol/frame-bytes.ts";
import type { MessageKind } from "../protocol/records.ts";
import { type ComposeStep, issueOf, refuse } from "./pipeline.ts";

/** What a frame holds beside the message: ids, times, names of fields. */
const ENVELOPE_BYTES = 1_024;

/** Of a UTF-16 unit in UTF-8. */
const MOST_BYTES = 3;

/** Blank braille is no white space to Unicode, and shows nothing. */
const visible = /[^\s\p{DI}\u2800]/u;

/** Checks what the backend would refuse anyway: nothing to see, too long, `custom` or ranges of a wrong shape. */
export const validate: ComposeStep = {
  name: "validate",
  run(draft, { limits }) {
    const { text, kind, custom, ranges = [], attachments } = draft;
    const { textLength: limit } = limits;
    const { length } = text;
    const issues: ErrorIssue[] = [];
    if (isTooLittle(text, kind) && !attachments?.length)
      issues.push(issueOf("draft/empty", "Write something first.", "text"));
    if (length > limit)
      issues.push({
        ...tooLong(length, limit, `Shorten it by ${charactersOf(length - limit)}.`),
        part: "text",
      });
    if (custom && !isJsonObject(custom))
      issues.push(issueOf("draft/invalid", "Attach less data, as plain JSON.", "custom"));
    if (ranges.some(({ start, end }) => start < 0 || start >= end || end > length)) {
      issues.push(
        issueOf("draft/invalid", "Set links and mentions again; one lies outside the text.", "ranges"),
      );
    }
    if (issues.length > 0) return refuse(...issues);
    const json = JSON.stringify(draft);
    const most = limits.frameBytes - ENVELOPE_BYTES;
    if (json.length * MOST_BYTES <= most) return draft; // without counting, which takes longer than all else here
    const bytes = frameBytes(json);
    return bytes > most ? refuse(tooLong(bytes, most, "Send it in parts, or attach less data.")) : draft;
  },
};

/** Is `text` too little to be sent as this kind of message? What is uploaded needs none. */
export function isTooLittle(text: string, kind: MessageKind = "text"): boolean {
  return isBlank(text) && !uploads.has(kind);
}

/** Is there nothing a person could see? */
export function isBlank(text: string): boolean {
  return !visible.test(text);
}

function charactersOf(many: number): string {
  return many === 1 ? "1 character" : `${many} characters`;
}

function isJsonObject(value: object): boolean {
  return !Array.isArray(value) && isJsonWithin(value, CUSTOM_DEPTH, CUSTOM_NODES);
}

function tooLong(actual: number, limit: number, suggestion: string): ErrorIssue {
  return { ...issueOf("draft/too-long", suggestion), limit, actual };
}
