import { issueOf } from "../compose/pipeline.ts";
import type { ErrorIssue } from "../errors/messaging-error.ts";
import type { AttachmentKind } from "../protocol/files.ts";
import type { FileLimits } from "../protocol/policy.ts";

/** What the backend would refuse anyway, and what would put it right. */
export function fileIssues(
  { size, type }: Pick<Blob, "size" | "type">,
  limits: FileLimits,
): readonly ErrorIssue[] {
  const issues: ErrorIssue[] = [];
  const mediaType = mediaTypeOf(type);
  if (size === 0) issues.push(issueOf("draft/invalid", "Choose a file that is not empty."));
  if (size > limits.bytes) {
    const hint = mediaType.startsWith("image/") ? "Send it smaller" : "Compress it, or send it in parts";
    const suggestion = `${hint}: at most ${megabytes(limits.bytes)} MB.`;
    issues.push({ ...issueOf("file/too-large", suggestion), limit: limits.bytes, actual: size });
  }
  if (!limits.types.some((pattern) => fits(mediaType, pattern))) {
    const suggestion = `Send one of these kinds instead: ${limits.types.map(named).join(", ")}.`;
    issues.push(issueOf("file/type-refused", suggestion));
  }
  return issues;
}

/** Without parameters; what says nothing is just bytes. */
export function mediaTypeOf(type: string): string {
  const [essence = ""] = type.toLowerCase().split(";");
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(essence.trim()) ? essence.trim() : "application/octet-stream";
}

/** How a file of this type is shown, unless somebody says otherwise. */
export function kindOf(mediaType: string): AttachmentKind {
  const [family] = mediaType.split("/");
  return family === "image" || family === "video" || family === "audio" ? family : "file";
}

/** Nothing that is a folder, shows nothing, or turns what stands behind it. */
export function nameOf(name: string | undefined, mediaType: string): string {
  const clean = (name ?? "")
    .normalize("NFC")
    .replace(/[\p{Cc}\p{Cs}\p{Bidi_C}\u2028\u2029/\\]+/gu, " ")
    .trim();
  const short = Array.from(clean).slice(-LONGEST_NAME).join("");
  return short === "" || /^\.{1,2}$/.test(short) ? `file.${mediaType.split("/")[1] ?? "bin"}` : short;
}

const LONGEST_NAME = 255;

function fits(mediaType: string, pattern: string): boolean {
  return pattern.endsWith("*") ? mediaType.startsWith(pattern.slice(0, -1)) : mediaType === pattern;
}

function megabytes(bytes: number): number {
  return Math.round((bytes / 1_048_576) * 10) / 10;
}

function named(pattern: string): string {
  return pattern.replace("/*", "");
}
