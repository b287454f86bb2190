import { MOST_HEADS, type Head } from "@tidings/core/protocol";
import type { OnlineUser, SentPong, Session } from "./online.ts";

/** Pongs remembered per link: a client has one ping under way, so two would do. */
const MOST_PONGS = 4;

/**
 * The heads that moved since the pong the client has seen (D4), at most as many as a frame holds: the rest comes with
 * the next. Costs one walk through the user's conversations, and delivering a change costs nothing more for it.
 */
export function movedHeads(
  session: Session,
  user: OnlineUser,
  n: number,
  seen: number,
  moves: number,
): readonly Head[] {
  const seenMoves =
    session.pongs.findLast((pong) => pong.n <= seen)?.moves ?? session.pongs[0]?.moves ?? moves;
  const moved = [...user.conversations]
    .filter((live) => live.movedAt > seenMoves)
    .sort((one, other) => one.movedAt - other.movedAt);
  const told = moved.slice(0, MOST_HEADS);
  remember(session, { n, moves: moved.length > told.length ? (told.at(-1)?.movedAt ?? moves) : moves }, seen);
  return told.map((live) => live.head);
}

/** Keeps the pong the client has seen and those after it. */
function remember(session: Session, pong: SentPong, seen: number): void {
  const later = session.pongs.filter(({ n }) => n >= seen && n < pong.n);
  const base = session.pongs.findLast(({ n }) => n < seen);
  const kept = later.some(({ n }) => n === seen) || !base ? later : [base, ...later];
  session.pongs = [...kept.slice(0, MOST_PONGS - 1), pong];
}
