import fc from "fast-check";

/** What makes trouble, among whatever else there is: lone surrogates, marks, joiners, scripts without spaces. */
const troubles = " é|ß|東|ア|ก์|👍|a1-|\u0301|\ud83d|\udc69|\u200d|\u202e|\0".split("|");

/** Any text. Takes no time to set up, where fast-check's own of unit "binary" takes ten seconds. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...troubles), fc.integer({ min: 0, max: 0x10ffff })), { maxLength: 40 })
  .map((parts) =>
    parts.map((part) => (typeof part === "string" ? part : String.fromCodePoint(part))).join(""),
  );
