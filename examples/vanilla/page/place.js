/** Where the reader is in a scrolling list, held while the list changes around them. */

/** This close to the end counts as being there, px. */
const NEAR_PX = 60;

/** @param {HTMLElement} log */
export function isAtEnd(log) {
  return fromEnd(log) < NEAR_PX;
}

/** Less than a screen away. @param {HTMLElement} log */
export function isNearTop(log) {
  return log.scrollTop < log.clientHeight;
}

/** @param {HTMLElement} log */
export function isNearEnd(log) {
  return fromEnd(log) < log.clientHeight;
}

/** @param {HTMLElement} log */
function fromEnd(log) {
  return log.scrollHeight - log.clientHeight - log.scrollTop;
}

/** @param {HTMLElement} log */
export function toEnd(log) {
  log.scrollTop = log.scrollHeight;
}

/**
 * Runs `change`; what the reader looks at stays where it is, and whoever is at the end stays at the end. Browsers do
 * this by themselves in some places (`overflow-anchor`), none of them at the very top.
 * @param {HTMLElement} log @param {() => void} change
 */
export function keepPlace(log, change) {
  const wasAtEnd = isAtEnd(log);
  const held = wasAtEnd ? undefined : messagesInSight(log)[0];
  const before = held?.getBoundingClientRect().top ?? 0;
  change();
  if (wasAtEnd) toEnd(log);
  else if (held?.isConnected) log.scrollTop += held.getBoundingClientRect().top - before;
}

/** Only messages: they keep their order, while dividers go up and down. @param {HTMLElement} log */
export function messagesInSight(log) {
  const { top, bottom } = log.getBoundingClientRect();
  const rows = /** @type {HTMLElement[]} */ ([...log.querySelectorAll(".message")]);
  return rows.filter((row) => {
    const place = row.getBoundingClientRect();
    return place.bottom > top && place.top < bottom;
  });
}

/** Shows a row and lights it up. @param {HTMLElement} row */
export function pointAt(row) {
  row.scrollIntoView({ block: "center" });
  row.focus({ preventScroll: true });
  row.classList.remove("flash");
  void row.offsetWidth; // begins the animation anew if it still runs
  row.classList.add("flash");
}
