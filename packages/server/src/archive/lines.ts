import type { ArchiveScope, RowLine } from "../store/archive.ts";

/** What the lines of a file say; `docs/spec/export.md` is its description for others. */
export type ArchiveLine = HeaderLine | RowLine | BytesLine | EndLine;

/** What the first line says is in the file. */
export type FileScope =
  | ArchiveScope
  /** What one person may see, or what is kept of them: nothing that another server could take in. */
  | { readonly of: "person" | "device"; readonly userId: string }
  | { readonly of: "reading"; readonly userId: string; readonly conversationId: string };

/** Where the bytes of files are: nowhere here, in a folder beside, or in lines of this file. */
export type FilePlace = "none" | "beside" | "inline";

export interface HeaderLine {
  readonly type: "header";
  readonly format: "tidings";
  readonly version: 1;
  readonly scope: FileScope;
  readonly files: FilePlace;
  /** When it was made, ms. */
  readonly at: number;
  /** Numbering of the server it is from. */
  readonly epoch?: string;
  /** How many there are in it. */
  readonly messages?: number;
}

/** Some bytes of the file whose line comes after all of them. */
export interface BytesLine {
  readonly type: "bytes";
  readonly fileId: string;
  /** How many came before these. */
  readonly at: number;
  /** Base64. */
  readonly data: string;
}

/** The last line: of all before it, how many there are and the SHA-256 of their bytes. */
export interface EndLine {
  readonly type: "end";
  readonly lines: number;
  readonly sha256: string;
}

export const ARCHIVE_VERSION = 1;
