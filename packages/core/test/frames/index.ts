/**
 * Golden frames: the wire as files, read by the tests of both sides.
 *
 *   client/<type>….json     what a client sends: one frame, or an array
 *   server/<type>….json     what a server sends; `result.<query>….json` answers that query
 *   invalid/<side>.….json   what is refused, with the code and the place
 *   tolerated/<side>.….json what is not of this version and read all the same
 */
import { readdirSync, readFileSync } from "node:fs";

export type Side = "client" | "server";

export interface GoldenFrame {
  /** The file's name without `.json`; its first word is the frame's type. */
  readonly name: string;
  /** As it would arrive. */
  readonly text: string;
  /** What parsing `text` must give, inside an array. */
  readonly frames: readonly unknown[];
}

export interface InvalidFrame {
  readonly name: string;
  readonly why: string;
  readonly from: Side;
  readonly text: string;
  /** `reject`: this one request is refused, the link stays. `close`: the link ends. */
  readonly answer: "reject" | "close";
  readonly code: string;
  /** Where it is wrong, dotted; absent when it is not JSON. */
  readonly at?: string;
}

export interface ToleratedFrame {
  readonly name: string;
  readonly why: string;
  readonly from: Side;
  readonly text: string;
  /** What is left of it. */
  readonly read: readonly unknown[];
}

export function goldenFrames(from: Side): readonly GoldenFrame[] {
  return files<unknown>(from).map(({ name, json }) => {
    return { name, text: JSON.stringify(json), frames: Array.isArray(json) ? json : [json] };
  });
}

export function invalidFrames(from: Side): readonly InvalidFrame[] {
  return cases<InvalidFrame>("invalid", from);
}

export function toleratedFrames(from: Side): readonly ToleratedFrame[] {
  return cases<ToleratedFrame>("tolerated", from);
}

/** A case says what was sent as JSON (`sent`), or as `text` where JSON could not say it. */
function cases<Case extends { readonly from: Side }>(folder: string, from: Side): Case[] {
  return files<Case & { readonly sent?: unknown }>(folder)
    .map(({ name, json }) => ({ text: JSON.stringify(json.sent), ...json, name }))
    .filter((each) => each.from === from);
}

function files<Content>(folder: string): { name: string; json: Content }[] {
  const url = new URL(`${folder}/`, import.meta.url);
  return readdirSync(url)
    .sort()
    .map((file) => {
      return {
        name: file.replace(/\.json$/, ""),
        json: JSON.parse(readFileSync(new URL(file, url), "utf8")),
      };
    });
}
