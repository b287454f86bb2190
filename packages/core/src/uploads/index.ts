export { type Attaching, attachUnsent } from "./attach-unsent.ts";
export { openUploads } from "./create-uploads.ts";
export { noLocks, type UploadLocks, webLocks } from "./locks.ts";
export type { UploadPhase } from "./machine.ts";
export {
  type Fetch,
  fetchParts,
  type PartAnswer,
  type PartRequest,
  type PartSender,
  xhrParts,
} from "./put-part.ts";
export type { FileAddress, Upload, UploadAbout, Uploads, UploadsOptions, UploadState } from "./types.ts";
export type { Attachment, AttachmentKind } from "../protocol/files.ts";
