/** A plot of ratios as SVG: one bar a row, a line where both would be equal. It has the colours of whoever shows it. */
import type { Ratio } from "./ratios.ts";

const [WIDTH, NAMES, ROW, TOP] = [640, 250, 22, 26];
/** Room for the number behind the longest bar. */
const BEHIND = 56;

/** Light and dark, for who shows the file by itself; a page that sets these gets its own. */
const STYLE = [
  "svg{--ink:var(--plot-ink,#3c3c43);--bar:var(--plot-bar,#0f7d88);--line:var(--plot-line,#b4b4bb)}",
  "@media(prefers-color-scheme:dark){svg{--ink:var(--plot-ink,#dfdfd6);--bar:var(--plot-bar,#3fb0bc);--line:var(--plot-line,#5a5a66)}}",
  "text{font:12px system-ui,sans-serif;fill:var(--ink)}",
].join("");

/** @param title - of the whole, for who does not see it. @param column - what is divided by what. */
export function plotOf(title: string, column: string, ratios: readonly Ratio[]): string {
  const most = Math.max(1, ...ratios.map(({ times }) => times));
  const place = (times: number): number => round(NAMES + (times / most) * (WIDTH - NAMES - BEHIND));
  const height = TOP + ratios.length * ROW + 8;
  const bars = ratios.map(({ name, times }, index) => {
    const y = TOP + index * ROW;
    const [end, middle] = [place(times), y + 15];
    return [
      `<text x="${NAMES - 8}" y="${middle}" text-anchor="end">${escape(shorten(name))}</text>`,
      `<rect x="${NAMES}" y="${y + 3}" width="${round(end - NAMES)}" height="${ROW - 6}" rx="2" fill="var(--bar)"/>`,
      `<text x="${end + 6}" y="${middle}">${figure(times)}×</text>`,
    ].join("");
  });
  const one = place(1);
  const line = `<line x1="${one}" x2="${one}" y1="${TOP - 4}" y2="${height - 4}" stroke="var(--line)" stroke-dasharray="3 3"/>`;
  const words =
    `<text x="${NAMES - 8}" y="14" text-anchor="end" font-weight="600">${escape(column)}</text>` +
    `<text x="${one}" y="14" text-anchor="middle">1×</text>`;
  const spoken = escape(
    `${title}, ${column}: ${ratios.map(({ name, times }) => `${name} ${figure(times)} times`).join(", ")}`,
  );
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${spoken}">`;
  return `${head}<style>${STYLE}</style>${words}${line}${bars.join("")}</svg>\n`;
}

function figure(times: number): string {
  return times >= 100 ? times.toFixed(0) : times.toPrecision(3);
}

function shorten(name: string): string {
  return name.length > 38 ? `${name.slice(0, 37)}…` : name;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
