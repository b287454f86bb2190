import type { ArchiveScope } from "../store/archive.ts";
import { misused } from "./misused.ts";

/** "export": what is there, into a file. */
export interface ExportRequest {
  readonly command: "export";
  readonly scope: ArchiveScope | { readonly of: "person"; readonly userId: string };
  /** Absent: to the standard output. */
  readonly out: string | undefined;
  /** A folder for the bytes of files, or `inline`; absent: they are only listed. */
  readonly withFiles: string | undefined;
}

/** "import": what is in a file, into a database. */
export interface ImportRequest {
  readonly command: "import";
  readonly file: string;
  readonly withFiles: string | undefined;
  /** Only see whether the file is right. */
  readonly isCheckOnly: boolean;
}

export interface ArchiveFlags {
  readonly out?: string | undefined;
  readonly user?: string | undefined;
  readonly conversation?: string | undefined;
  readonly "with-files"?: string | undefined;
  readonly check?: boolean | undefined;
}

/** @throws {MessagingError} `client/misused` */
export function readExport(
  { out, user, conversation, "with-files": withFiles }: ArchiveFlags,
  rest: readonly string[],
): ExportRequest {
  if (rest.length > 0)
    throw misused('"export" takes options only, as in: tidings-server export --out chat.jsonl');
  if (user !== undefined && conversation !== undefined)
    throw misused("--user and --conversation exclude each other");
  const common = { command: "export", out, withFiles } as const;
  if (user !== undefined) return { ...common, scope: { of: "person", userId: user } };
  if (conversation !== undefined)
    return { ...common, scope: { of: "conversation", conversationId: conversation } };
  return { ...common, scope: { of: "server" } };
}

/** @throws {MessagingError} `client/misused` */
export function readImport(
  { check = false, "with-files": withFiles }: ArchiveFlags,
  [file, ...rest]: readonly string[],
): ImportRequest {
  if (file === undefined || rest.length > 0)
    throw misused('"import" takes one file, as in: tidings-server import chat.jsonl');
  return { command: "import", file, withFiles, isCheckOnly: check };
}
