import type { Client } from "../client/types.ts";
import { internalsOf } from "../client/internals.ts";
import type { CustomSchemas } from "../compose/custom.ts";
import { errorOf, issueOf, refuse } from "../compose/pipeline.ts";
import { mayUpload } from "../domain/permissions.ts";
import { isIn } from "../domain/standing.ts";
import { type ErrorIssue, MessagingError } from "../errors/messaging-error.ts";
import type { Attachment } from "../protocol/files.ts";
import { fileIssues, kindOf, mediaTypeOf, nameOf } from "./check.ts";
import { createFileLinks } from "./links.ts";
import { createRegistry } from "./registry.ts";
import type { UploadAbout, Uploads, UploadsOptions } from "./types.ts";

const opened = new WeakMap<object, Uploads>();

/**
 * The uploads of a client; the same each time, `options` count the first time. Call it in the same tick as
 * `createClient`: what an earlier life left begins as soon as storage is read, and a message waits for its files only
 * where somebody holds it.
 *
 * @example
 * ```ts fragment
 * const client = createClient({ transport, storage });
 * const uploads = openUploads(client);
 * const photo = uploads.add(conversationId, file);
 * await client.conversation(conversationId).send({ text: "look", attachments: [photo.attachment] });
 * ```
 */
export function openUploads<Schemas extends CustomSchemas>(
  client: Client<Schemas>,
  options?: UploadsOptions,
): Uploads;
export function openUploads(client: Client, options: UploadsOptions = {}): Uploads {
  const known = opened.get(client);
  if (known) return known;
  const uploads = create(client, options);
  opened.set(client, uploads);
  return uploads;
}

function create(client: Client, options: UploadsOptions): Uploads {
  const internals = internalsOf(client);
  const { core, session, storage } = internals;
  const registry = createRegistry(client, internals, options);
  const links = createFileLinks(core.loader.query, core.clock, session.serverNow, core.userId);

  const isDenied = (conversationId: string): boolean => {
    const self = core.directory.get(conversationId).records.participant(core.userId() ?? "");
    return self !== undefined && isIn(self) && !mayUpload(self, core.limits());
  };

  const check = (file: Pick<Blob, "size" | "type">, conversationId?: string): readonly ErrorIssue[] => {
    const { files } = core.limits();
    if (!files) return [];
    const issues = fileIssues(file, files);
    if (conversationId === undefined || !isDenied(conversationId)) return issues;
    return [issueOf("file/denied", "Ask somebody who looks after this conversation to send it."), ...issues];
  };

  const refuseUnfit = (conversationId: string, file: Blob): void => {
    if (storage.supports.bytes === false) {
      const message = "unable to keep the file; this storage has no room for files, IndexedDB or SQLite have";
      throw new MessagingError("upload/unsupported", { message });
    }
    if (!core.limits().files) {
      const message = "unable to upload; the backend keeps no files";
      throw new MessagingError("command/unsupported", { message });
    }
    if (core.isClosed()) {
      throw new MessagingError("client/closed", { message: "unable to upload; the client was closed" });
    }
    if (core.userId() === undefined) {
      throw new MessagingError("auth/required", { message: "unable to upload; nobody has signed in yet" });
    }
    const issues = check(file, conversationId);
    if (issues.length > 0) throw errorOf(refuse(...issues), "send the file");
  };

  return {
    list: registry.list,
    find: (fileId) => registry.list.get().find((upload) => upload.fileId === fileId),
    check,
    add(conversationId, file, about = {}) {
      refuseUnfit(conversationId, file);
      const { thumbnail, poster } = about;
      const attachment = describe(core.nextId, file, about);
      const { fileId, thumbnailId, posterId } = attachment;
      const upload = registry.add(conversationId, attachment, file);
      const preview = (id: string | undefined, bytes: Blob | undefined): void => {
        if (id === undefined || !bytes) return;
        registry.add(conversationId, { ...plain(bytes), fileId: id, name: attachment.name }, bytes, fileId);
      };
      preview(thumbnailId, thumbnail);
      preview(posterId, poster);
      return upload;
    },
    bytes: registry.bytes,
    link: links,
  };
}

function plain(file: Blob): Pick<Attachment, "kind" | "type" | "size"> {
  const type = mediaTypeOf(file.type);
  return { kind: kindOf(type), type, size: file.size };
}

function describe(
  nextId: () => string,
  file: Blob,
  { thumbnail, poster, name = nameIn(file), kind, ...about }: UploadAbout,
): Attachment {
  const basics = plain(file);
  return {
    ...{ ...basics, ...about, type: basics.type },
    ...{ fileId: nextId(), kind: kind ?? basics.kind, name: nameOf(name, basics.type) },
    ...(thumbnail && { thumbnailId: nextId() }),
    ...(poster && { posterId: nextId() }),
  };
}

function nameIn(file: Blob): string | undefined {
  return "name" in file && typeof file.name === "string" ? file.name : undefined;
}
