import * as z from "zod/mini";
import { LONGEST_FILE_NAME, LONGEST_PLACEHOLDER, LONGEST_WAVEFORM, MOST_PARTS } from "./bounds.ts";
import type { Attachment, FileQuery, FileResults, FileState, UploadedPart, UploadPart } from "./files.ts";
import { count, id, list, type Schema, text, uuid, type Variant } from "./schema.ts";

/** No folder, no control character, and nothing that turns the direction of what stands behind it: `exe.gpj`. */
const fileName: Schema<string> = z
  .string()
  .check(z.maxLength(LONGEST_FILE_NAME), z.regex(/^(?!\.{1,2}$)[^\p{Cc}\p{Cs}\p{Bidi_C}\u2028\u2029/\\]+$/u));

/** In lower case, without parameters. */
const mediaType: Schema<string> = z
  .string()
  .check(z.regex(/^[a-z\d][a-z\d_!#$&^.+-]{0,126}\/[a-z\d][a-z\d_!#$&^.+-]{0,126}$/));

const partNumber = z.int().check(z.gte(1), z.lte(MOST_PARTS));
const address = text(8_192);
const pixels = z.int().check(z.positive(), z.lte(1_000_000));

export const attachment: Schema<Attachment> = z.object({
  fileId: uuid,
  kind: z.enum(["image", "video", "audio", "voice", "file"]),
  name: fileName,
  type: mediaType,
  size: count,
  width: z.exactOptional(pixels),
  height: z.exactOptional(pixels),
  durationMs: z.exactOptional(count),
  placeholder: z.exactOptional(
    z.string().check(z.maxLength(LONGEST_PLACEHOLDER), z.regex(/^[A-Za-z\d+/]+={0,2}$/)),
  ),
  waveform: z.exactOptional(list(z.int().check(z.nonnegative(), z.lte(100)), LONGEST_WAVEFORM)),
  thumbnailId: z.exactOptional(uuid),
  posterId: z.exactOptional(uuid),
});

const onFile = { conversationId: id, fileId: uuid };
const uploadedPart: Schema<UploadedPart> = z.object({ number: partNumber, etag: text(256) });

/** The variants of `query` about files. */
export const fileQueries: readonly Variant<FileQuery>[] = [
  z.object({
    type: z.literal("file.upload"),
    ...onFile,
    name: fileName,
    size: z.int().check(z.positive()),
    mediaType,
    checksum: z.exactOptional(z.string().check(z.regex(/^[A-Za-z\d+/]{43}=$/))),
    previewOf: z.exactOptional(uuid),
  }),
  z.object({ type: z.literal("file.complete"), ...onFile, parts: list(uploadedPart, MOST_PARTS) }),
  z.object({ type: z.literal("file.cancel"), ...onFile }),
  z.object({ type: z.literal("file.state"), ...onFile }),
  z.object({ type: z.literal("file.download"), ...onFile }),
];

const uploadPart: Schema<UploadPart> = z.object({
  number: partNumber,
  url: address,
  headers: z.record(z.string().check(z.regex(/^[a-z\d-]{1,64}$/)), text(1_024)),
});

const fileState: Schema<FileState> = z.object({
  fileId: uuid,
  state: z.enum(["open", "scanning", "ready", "refused"]),
  code: z.exactOptional(text(64)),
  mediaType,
  size: count,
});

export const fileResults: { readonly [Type in keyof FileResults]: Schema<FileResults[Type]> } = {
  "file.upload": z.object({
    fileId: uuid,
    partBytes: z.int().check(z.positive()),
    parts: list(uploadPart, MOST_PARTS),
    received: list(partNumber, MOST_PARTS),
    expiresAt: count,
  }),
  "file.complete": fileState,
  "file.cancel": z.object({ fileId: uuid }),
  "file.state": fileState,
  "file.download": z.object({ url: address, expiresAt: count }),
};
