import { MessagingError } from "@tidings/core/errors";

export type ArchiveFault = "archive/malformed" | "archive/damaged" | "archive/conflict";

/** @param reason - what is wrong there. @param number - of the line, from 1; absent where it is about the whole file. */
export function archiveError(code: ArchiveFault, reason: string, number?: number): MessagingError {
  const place = number === undefined ? "" : `line ${number}: `;
  return new MessagingError(code, { message: `unable to read the archive; ${place}${reason}` });
}
