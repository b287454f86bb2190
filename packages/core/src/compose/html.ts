/** `@tidings/core/html`: messages with markup. Only those who import this door ship DOMPurify, and nothing of core. */
import createDOMPurify, { type WindowLike } from "dompurify";
import { type ComposeStep, refuse } from "./pipeline.ts";
import { isTooLittle } from "./validate.ts";

/** Makes HTML safe to be shown: only plain formatting and links are left. */
export type Sanitizer = (html: string) => string;

const ALLOWED_TAGS = [
  ...["a", "b", "blockquote", "br", "code", "del", "em", "i", "li", "ol", "p", "pre", "s", "span", "strong"],
  ...["sub", "sup", "u", "ul"],
];
const ALLOWED_ATTR = ["href", "title", "dir", "lang"];
const ALLOWED_URI_REGEXP = /^(?:https?|mailto):/i;

/**
 * A sanitiser of its own in this window: hooks and settings of the page's DOMPurify are neither used nor changed.
 *
 * Use it where HTML is shown, too: a message comes from whoever wrote a client, who need not have run any of this.
 * In Node the heap grows until the next turn of the event loop; yield now and then in a batch.
 *
 * @param window - a browser's, or that of jsdom.
 * @throws {TypeError} if DOMPurify cannot work there. In a window it does not support it returns its input as it was,
 *   and happy-dom lets attacks through (cure53/DOMPurify#1457).
 */
export function createSanitizer(window: WindowLike): Sanitizer {
  const purify = createDOMPurify(window);
  if (purify.isSupported !== true || "happyDOM" in window) {
    throw new TypeError(
      "unable to sanitise HTML; this is no window DOMPurify supports, as a browser's or jsdom's is",
    );
  }
  purify.addHook("afterSanitizeAttributes", (node) => {
    if (node.hasAttribute("href")) node.setAttribute("rel", "noopener noreferrer nofollow ugc");
  });
  return (html) =>
    purify.sanitize(html, {
      ...{ ALLOWED_TAGS, ALLOWED_ATTR, ALLOWED_URI_REGEXP },
      ADD_URI_SAFE_ATTR: ["dir", "lang"], // no addresses, so not to be held against the expression above
      ALLOW_DATA_ATTR: false,
      ALLOW_ARIA_ATTR: false,
    });
}

/**
 * A step for drafts whose text is HTML. Place it before `validate`, as escaping makes text longer. Ranges are dropped
 * when the text changes, because they no longer fit; HTML carries its own links.
 *
 * @example
 * ```ts fragment
 * placeStep(defaultSteps(), "before", "validate", htmlSanitizer(createSanitizer(window)));
 * ```
 */
export function htmlSanitizer(sanitize: Sanitizer): ComposeStep {
  return {
    name: "sanitise",
    run(draft) {
      const text = sanitize(draft.text);
      if (isTooLittle(text.replace(/<[^>]*>|&nbsp;/g, ""), draft.kind)) {
        return refuse({
          code: "draft/empty",
          message: "There is nothing to send.",
          suggestion: "Write something without scripts or embedded content.",
        });
      }
      if (text === draft.text) return draft;
      const { ranges: _, ...rest } = draft;
      return { ...rest, text };
    },
  };
}
