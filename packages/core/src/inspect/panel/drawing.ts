import { s } from "./dom.ts";
import type { Move } from "../moves.ts";

/** A machine as a drawing, in which where it is can be lit. */
export interface Drawing {
  readonly element: SVGSVGElement;
  /** @param lit - states, each with what to write beside its name. */
  light(lit: ReadonlyMap<string, string>): void;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

const [WIDTH, HEIGHT] = [104, 30];
const [ACROSS, DOWN] = [164, 62];
const MARGIN = 14;
/** Beside the outer columns, for the arrows that go around. */
const SIDE = 40;

/** @param first - where it begins; states stand in columns by how many moves they are from there. */
export function draw(title: string, moves: readonly Move[], first: string): Drawing {
  const places = placesOf(moves, first);
  const all = [...places.values()];
  const width = Math.max(...all.map(({ x }) => x)) + WIDTH + SIDE;
  const height = Math.max(...all.map(({ y }) => y)) + HEIGHT + MARGIN;
  const nodes = new Map([...places].map(([name, place]) => [name, node(name, place)] as const));
  const arrow = s("path", { d: "M0 0 8 4 0 8z", class: "arrow" });
  const marker = s(
    "marker",
    { id: "arrow", markerWidth: 8, markerHeight: 8, refX: 7, refY: 4, orient: "auto" },
    arrow,
  );
  const heading = s("title", {}, title);
  const element = s(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, class: "machine", role: "img" },
    heading,
    s("defs", {}, marker),
    ...moves.map((move) => edge(move, places)),
    ...[...nodes.values()].map(({ group }) => group),
  );
  return {
    element,
    light(lit) {
      const now = [...lit].map(([name, note]) => `${name} ${note}`.trim()).join(", ");
      heading.textContent = `${title}: ${now === "" ? "nothing" : now}`;
      for (const [name, { group, label }] of nodes) {
        const note = lit.get(name);
        group.classList.toggle("now", note !== undefined);
        label.textContent = note === undefined || note === "" ? name : `${name} ${note}`;
      }
    },
  };
}

function placesOf(moves: readonly Move[], first: string): ReadonlyMap<string, Place> {
  const depths = new Map([[first, 0]]);
  for (const name of depths.keys()) {
    for (const { from, to } of moves)
      if (from === name && !depths.has(to)) depths.set(to, (depths.get(name) ?? 0) + 1);
  }
  const columns = new Map<number, string[]>();
  for (const [name, depth] of depths) columns.set(depth, [...(columns.get(depth) ?? []), name]);
  const tallest = Math.max(...[...columns.values()].map(({ length }) => length));
  return new Map(
    [...columns].flatMap(([depth, names]) =>
      names.map((name, row) => {
        const y = MARGIN + (row + (tallest - names.length) / 2) * DOWN;
        return [name, { x: SIDE / 2 + depth * ACROSS, y }] as const;
      }),
    ),
  );
}

function node(
  name: string,
  { x, y }: Place,
): { readonly group: SVGGElement; readonly label: SVGTextElement } {
  const label = s("text", { x: x + WIDTH / 2, y: y + HEIGHT / 2 + 4 }, name);
  const box = s("rect", { x, y, width: WIDTH, height: HEIGHT, rx: HEIGHT / 2 });
  return { label, group: s("g", { class: "state" }, box, label) };
}

function edge({ from, to, events }: Move, places: ReadonlyMap<string, Place>): SVGPathElement {
  const [start, end] = [places.get(from), places.get(to)];
  const hint = s("title", {}, `${from} → ${to}: ${events.join(", ")}`);
  return s(
    "path",
    { d: start && end ? curve(start, end) : "", class: "move", "marker-end": "url(#arrow)" },
    hint,
  );
}

/** How far apart there and back run. */
const APART = 7;

/** From side to side, there above and back below; within a column from edge to edge, bowed around what is between. */
function curve(start: Place, end: Place): string {
  if (end.x === start.x) return bow(start, end);
  const isBack = end.x < start.x;
  const shift = HEIGHT / 2 + (isBack ? APART : -APART);
  const [x, y] = [start.x + (isBack ? 0 : WIDTH), start.y + shift];
  const [toX, toY] = [end.x + (isBack ? WIDTH + 1 : -1), end.y + shift];
  const middle = (x + toX) / 2;
  return `M${x} ${y} C${middle} ${y} ${middle} ${toY} ${toX} ${toY}`;
}

function bow(start: Place, end: Place): string {
  const isDown = end.y > start.y;
  const isNext = Math.abs(end.y - start.y) <= DOWN;
  const x = start.x + WIDTH / 2 + (isDown ? APART : -APART) * (isNext ? 1 : 6);
  const [y, toY] = isDown ? [start.y + HEIGHT, end.y - 1] : [start.y, end.y + HEIGHT + 1];
  const bowed = x + (isNext ? 0 : isDown ? SIDE : -SIDE);
  return `M${x} ${y} C${bowed} ${y + (toY - y) / 4} ${bowed} ${toY - (toY - y) / 4} ${x} ${toY}`;
}
