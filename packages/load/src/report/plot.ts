import { escape } from "./escape.ts";

/** A line; where it has no value there is a gap. */
export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number | undefined }[];
}

/** Something that happened at a moment. */
export interface Mark {
  readonly x: number;
  readonly name: string;
}

export interface PlotOptions {
  readonly title: string;
  /** Of the numbers up the side. */
  readonly unit: string;
  readonly series: readonly Series[];
  readonly marks: readonly Mark[];
  /** For values that differ by orders of magnitude: each step up is ten times as much. */
  readonly isLogarithmic?: boolean;
}

const WIDTH = 860;
const HEIGHT = 220;
const EDGE = { left: 56, right: 12, top: 14, bottom: 26 };
const LINES = 4;

/** Lines over seconds, as SVG; colours come from the page's style. */
export function plot({ title, unit, series, marks, isLogarithmic = false }: PlotOptions): string {
  const xs = series.flatMap(({ points }) => points.map(({ x }) => x));
  const last = Math.max(1, ...xs);
  const scale = scaleOf(series, isLogarithmic);
  const x = (at: number): number => EDGE.left + (at / last) * (WIDTH - EDGE.left - EDGE.right);
  const y = (value: number): number =>
    HEIGHT - EDGE.bottom - scale.share(value) * (HEIGHT - EDGE.top - EDGE.bottom);
  const ticks = scale.ticks.map(
    (value) =>
      `<line class="grid" x1="${EDGE.left}" x2="${WIDTH - EDGE.right}" y1="${at(y(value))}" y2="${at(y(value))}"/>` +
      `<text x="${EDGE.left - 8}" y="${at(y(value) + 4)}" text-anchor="end">${shortly(value)}</text>`,
  );
  const seconds = secondsOf(last).map(
    (value) => `<text x="${at(x(value))}" y="${HEIGHT - 6}" text-anchor="middle">${value} s</text>`,
  );
  const signs = marks.map(
    ({ x: when, name }, index) =>
      `<g class="mark"><title>${escape(name)}</title><line x1="${at(x(when))}" x2="${at(x(when))}" y1="${EDGE.top}" y2="${HEIGHT - EDGE.bottom}"/>` +
      `<text x="${at(x(when) + 4)}" y="${EDGE.top + 8}">${index + 1}</text></g>`,
  );
  const lines = series.map(({ points }, index) => {
    const path = pathOf(points, x, y);
    return path === "" ? "" : `<path class="line c${index}" d="${path}"/>`;
  });
  const legend = series.map(({ name }, index) => `<span><i class="c${index}"></i>${escape(name)}</span>`);
  return [
    `<figure><figcaption><b>${escape(title)}</b> <small>${escape(unit)}</small><span class="legend">${legend.join("")}</span></figcaption>`,
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}">`,
    ...ticks,
    ...seconds,
    ...signs,
    ...lines,
    "</svg></figure>",
  ].join("\n");
}

interface Scale {
  readonly ticks: readonly number[];
  /** How far up a value stands: 0 to 1. */
  share(value: number): number;
}

function scaleOf(series: readonly Series[], isLogarithmic: boolean): Scale {
  const values = series.flatMap(({ points }) => points.flatMap(({ y }) => y ?? []));
  const most = Math.max(Number.MIN_VALUE, ...values);
  if (!isLogarithmic) {
    const step = roundUp(most / LINES);
    const ticks = Array.from({ length: LINES + 1 }, (_, index) => index * step);
    return { ticks, share: (value) => value / (step * LINES) };
  }
  const least = Math.floor(Math.log10(Math.max(0.1, Math.min(...values))));
  const top = Math.max(least + 1, Math.ceil(Math.log10(most)));
  const ticks = Array.from({ length: top - least + 1 }, (_, index) => 10 ** (least + index));
  return { ticks, share: (value) => (Math.log10(Math.max(value, 10 ** least)) - least) / (top - least) };
}

/** A round number that is not smaller. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value) ?? 10) * power;
}

function secondsOf(last: number): readonly number[] {
  const step = Math.max(1, roundUp(last / 10));
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step);
}

function pathOf(points: Series["points"], x: (at: number) => number, y: (value: number) => number): string {
  let isDrawing = false;
  return points
    .map((point) => {
      if (point.y === undefined) {
        isDrawing = false;
        return "";
      }
      const step = `${isDrawing ? "L" : "M"}${at(x(point.x))} ${at(y(point.y))}`;
      isDrawing = true;
      return step;
    })
    .join("");
}

function at(pixels: number): string {
  return pixels.toFixed(1);
}

function shortly(value: number): string {
  return value >= 1_000 ? `${Number((value / 1_000).toPrecision(3))}k` : `${Number(value.toPrecision(3))}`;
}
