/** Mermaid drawings as SVG in the page: drawn when the site is built, coloured by its theme, without a script. */
import { renderMermaidSVG } from "beautiful-mermaid";

const BLOCK = /^```mermaid\n([\s\S]*?)^```$/gm;

/** Closer together than the library has it, so that the text may stay large in a column. */
const SPACING = { padding: 8, nodeSpacing: 16, layerSpacing: 28 };

export function drawDiagrams(page: string): string {
  let count = 0;
  return page.replaceAll(BLOCK, (_, drawing: string) => {
    count += 1;
    return `<figure class="diagram" v-pre tabindex="0">${draw(drawing, `drawing-${count}-`)}</figure>`;
  });
}

/**
 * What the library adds for a file of its own is left out: its style names a host of fonts (ours is in `diagrams.css`),
 * and its ids might meet those of the page.
 */
function draw(drawing: string, prefix: string): string {
  const svg = renderMermaidSVG(drawing, { ...SPACING, transparent: true })
    .replace(/<style>[\s\S]*?<\/style>/, "")
    .replace(/ width="([\d.]+)" height="[\d.]+" style="[^"]*"/, (_, width: string) => {
      return ` width="${width}" style="--width:${width}px" role="img" aria-label="${describe(drawing)}"`;
    })
    .replaceAll(/ id="/g, ` id="${prefix}`)
    .replaceAll(/url\(#/g, `url(#${prefix}`)
    .replaceAll(/\n\s*/g, "");
  if (/@import|https?:(?!\/\/www\.w3\.org\/)/.test(svg))
    throw new Error("unable to draw; the drawing reaches for another host");
  return svg;
}

/** For who cannot see it: the arrows, as they are written. */
function describe(drawing: string): string {
  const lines = drawing.trim().split("\n").slice(1);
  return lines
    .map((line) =>
      line
        .trim()
        .replaceAll(/\s-[-.]*->?\s/g, " to ")
        .replaceAll(/["<>&]/g, ""),
    )
    .join("; ");
}
