/** Where everybody talks. */
export const ROOM = "room";

/** How a message that was put in other words begins to: what it said first stays before that. */
const AGAIN = " ✎ ";
const LATER = " later";

/** The same message in words that no other edit uses. */
export function reworded(text: string, key: string): string {
  return `${saidFirst(text)}${AGAIN}${key}`;
}

/** What a message said before anybody put it in other words. */
export function saidFirst(text: string): string {
  return text.split(AGAIN, 1)[0] ?? "";
}

/** What is said by a plan. */
export function saidLater(key: string): string {
  return `${key}${LATER}`;
}

export function isSaidLater(text: string): boolean {
  return saidFirst(text).endsWith(LATER);
}
