import { isJsonWithin } from "../base/json.ts";
import type { ErrorIssue } from "../errors/messaging-error.ts";
import { CUSTOM_DEPTH, CUSTOM_NODES } from "../protocol/bounds.ts";
import { type ComposeStep, refuse } from "./pipeline.ts";

/** What a frame holds beside the message: ids, times, names of fields. */
const ENVELOPE_BYTES = 1_024;

/** Blank braille is no white space to Unicode, and shows nothing. */
const visible = /[^\s\p{DI}\u2800]/u;

/** Checks what the backend would refuse anyway: nothing to see, too long, `custom` or ranges of a wrong shape. */
export const validate: ComposeStep = {
  name: "validate",
  run(draft, { limits }) {
    const [first, ...others] = [
      isBlank(draft.text) && blank,
      draft.text.length > limits.textLength && tooLong(draft.text.length, limits.textLength),
      draft.custom !== undefined && !isJsonWithin(draft.custom, CUSTOM_DEPTH, CUSTOM_NODES) && badCustom,
      draft.ranges?.some(({ start, end }) => start < 0 || start >= end || end > draft.text.length) &&
        badRange,
    ].filter((issue) => typeof issue === "object");
    if (first) return refuse(first, ...others);
    const limit = limits.frameBytes - ENVELOPE_BYTES;
    const actual = utf8Length(JSON.stringify(draft));
    return actual > limit ? refuse(tooLarge(actual, limit)) : draft;
  },
};

/** Is there nothing a person could see? */
export function isBlank(text: string): boolean {
  return !visible.test(text);
}

/** By hand, as React Native had no `TextEncoder` for long. */
function utf8Length(text: string): number {
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const isHalfOfPair = (unit & 0xf800) === 0xd800; // a pair takes 4 bytes
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isHalfOfPair ? 2 : 3;
  }
  return bytes;
}

const blank: ErrorIssue = {
  code: "draft/empty",
  message: "There is nothing to send.",
  suggestion: "Write something first.",
};

const badCustom: ErrorIssue = {
  code: "draft/invalid",
  message: "The attached data is not plain JSON, or too deep or too large.",
  suggestion: "Attach less data, or a reference to it.",
};

const badRange: ErrorIssue = {
  code: "draft/invalid",
  message: "A link or mention lies outside the text.",
  suggestion: "Remove the link or mention and set it again.",
};

function tooLong(actual: number, limit: number): ErrorIssue {
  return {
    code: "draft/too-long",
    message: `This message has ${actual} characters; ${limit} are allowed.`,
    suggestion: `Shorten it by ${actual - limit}, or send it in parts.`,
    limit,
    actual,
  };
}

function tooLarge(actual: number, limit: number): ErrorIssue {
  return {
    code: "draft/too-long",
    message: `This message takes ${actual} bytes; ${limit} are allowed.`,
    suggestion: "Send it in parts, or attach less data.",
    limit,
    actual,
  };
}
