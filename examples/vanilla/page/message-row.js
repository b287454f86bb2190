/** One message on the screen, filled into its template. */
import { element, part, setText } from "./dom.js";
import { describeError } from "./errors.js";
import { fullTimeOf, hueOf, initialOf, listOf, nameOf, textOf, timeOf } from "./format.js";

/** @typedef {import("@tidings/core").DeliveryStatus} DeliveryStatus */
/** @typedef {import("@tidings/core/protocol").MessageRecord} MessageRecord */
/** @typedef {import("./rows.js").MessageRow} MessageRow */

/** How each status is said; the signs stand in index.html. @type {Record<DeliveryStatus, string>} */
const said = {
  queued: "Waiting to be sent",
  sending: "Sending",
  sent: "Sent",
  delivered: "Delivered",
  read: "Read",
  failed: "Not sent",
  cancelled: "Cancelled",
};

/** @param {HTMLElement} shown @param {MessageRow} row @param {string} me */
export function fillMessage(shown, { item, isFirst, isLast, answered }, me) {
  const { message, status, own, error } = item;
  const author = nameOf(message.authorId);
  const isDeleted = message.deletedAt !== undefined;
  const text = textOf(message);

  shown.dataset.id = message.id;
  shown.dataset.own = String(own);
  shown.dataset.status = status;
  shown.dataset.first = String(isFirst);
  shown.dataset.last = String(isLast);
  shown.dataset.deleted = String(isDeleted);
  const spoken = `${own ? "You" : author}, ${timeOf(message.createdAt)}: ${text}`;
  shown.setAttribute("aria-label", own ? `${spoken} (${said[status]})` : spoken);

  const avatar = part(shown, ".avatar", HTMLElement);
  setText(avatar, initialOf(author));
  avatar.style.setProperty("--hue", hueOf(message.authorId));
  setText(part(shown, ".author", HTMLElement), author);
  part(shown, ".text", HTMLElement).replaceChildren(...(isDeleted ? [text] : withLinks(message, text)));

  const time = part(shown, "time", HTMLTimeElement);
  setText(time, timeOf(message.createdAt));
  time.dateTime = new Date(message.createdAt).toISOString();
  time.title = fullTimeOf(message.createdAt);
  part(shown, ".edited", HTMLElement).hidden = message.version === 0 || isDeleted;
  part(shown, ".actions", HTMLElement).hidden = isDeleted || message.seq === 0;

  fillTick(part(shown, ".tick", SVGElement), own && !isDeleted ? status : undefined);
  fillQuote(part(shown, ".quote", HTMLButtonElement), message, answered);
  fillReactions(part(shown, ".reactions", HTMLElement), message, me);

  const failure = part(shown, ".failure", HTMLElement);
  failure.hidden = status !== "failed";
  if (error) part(failure, ".failure-text", HTMLElement).replaceChildren(...describeError(error));
}

/** @param {SVGElement} tick @param {DeliveryStatus | undefined} status */
function fillTick(tick, status) {
  tick.toggleAttribute("hidden", status === undefined);
  if (status === undefined || tick.dataset.status === status) return;
  tick.dataset.status = status;
  tick.setAttribute("aria-label", said[status]);
  tick.firstElementChild?.setAttribute("href", `#tick-${status === "read" ? "delivered" : status}`);
}

/** @param {HTMLButtonElement} quote @param {MessageRecord} message @param {MessageRecord | undefined} answered */
function fillQuote(quote, { replyTo, deletedAt }, answered) {
  quote.hidden = replyTo === undefined || deletedAt !== undefined;
  if (quote.hidden || replyTo === undefined) return;
  quote.dataset.to = replyTo;
  setText(
    part(quote, ".quote-author", HTMLElement),
    answered ? nameOf(answered.authorId) : "An earlier message",
  );
  setText(part(quote, ".quote-text", HTMLElement), answered ? textOf(answered) : "Show");
}

/** @param {HTMLElement} list @param {MessageRecord} message @param {string} me */
function fillReactions(list, message, me) {
  list.hidden = message.reactions.length === 0;
  list.replaceChildren(
    ...message.reactions.map(({ emoji, count, userIds }) => {
      const names = userIds.map(nameOf);
      const others = count - names.length;
      const who = listOf(others > 0 ? [...names, `${others} more`] : names);
      const attributes = {
        type: "button",
        class: "reaction",
        "data-emoji": emoji,
        "aria-pressed": String(userIds.includes(me)),
        "aria-label": `${emoji} ${count}, ${who}`,
        title: who,
      };
      return element("button", attributes, emoji, element("span", {}, String(count)));
    }),
  );
}

/** Links are marked beside the text, never in it. @param {MessageRecord} message @param {string} text */
function withLinks({ content }, text) {
  const ranges = "text" in content ? (content.ranges ?? []) : [];
  const nodes = [];
  let end = 0;
  for (const range of ranges) {
    if (range.type !== "link" || range.start < end || !/^https?:/i.test(range.value)) continue;
    const attributes = { href: range.value, target: "_blank", rel: "noopener noreferrer nofollow" };
    nodes.push(text.slice(end, range.start), element("a", attributes, text.slice(range.start, range.end)));
    end = range.end;
  }
  return [...nodes, text.slice(end)];
}
