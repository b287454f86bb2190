import type { MessageItem, OutboxEntry, Random, Sent } from "@tidings/core";
import { isMessagingError } from "@tidings/core";
import { openPlans } from "@tidings/core/bindings";
import type { Command, NoteRecord } from "@tidings/core/protocol";
import type { Upload } from "@tidings/core/uploads";
import { anyOf, isLikely, pick } from "../../chance.ts";
import type { Device } from "../device.ts";
import type { Life } from "../life.ts";
import type { ActName } from "../weights.ts";
import type { Bytes } from "./depot.ts";
import { INDECENCY, MALICE } from "./desk.ts";
import { MemoryBlob } from "./memory-blob.ts";

const handlings = [
  ...["attach", "addFile", "sendFile", "planFile", "pauseFile", "resumeFile", "cancelFile", "callOff"],
] as const;

/** A file somebody added, as it was. */
export interface Parcel {
  readonly fileId: string;
  readonly device: Device;
  readonly bytes: Bytes;
  /** The file it is a smaller picture of. */
  readonly previewOf?: string;
  /** It was called off, itself or with its message. */
  isGivenUp: boolean;
  /** … itself, before it was ever out with a message: in this life of its device. */
  calledOffIn?: Life | undefined;
}

/** What people do with files, and what they know of them. */
export interface Parcels {
  find(fileId: string): Parcel | undefined;
  all(): readonly Parcel[];
  /** @returns what is sent by it. */
  handle(name: Handling, occasion: Occasion): Promise<Sent> | undefined;
  /** Somebody calls this off. */
  giveUp(command: Command): void;
  /** Something else was planned instead: its files are called off with it, unless the device waits for them still. */
  replaced(device: Device, command: Command): void;
  /** … and tries it again: what was called off of it is wanted. */
  want(command: Command): void;
  /** A device is about to send this. */
  left(entry: OutboxEntry): void;
}

export type Handling =
  "attach" | "addFile" | "sendFile" | "planFile" | "pauseFile" | "resumeFile" | "cancelFile" | "callOff";

export interface Occasion {
  readonly device: Device;
  readonly conversationId: string;
  readonly text: string;
  readonly random: Random;
  /** When what is planned is to be sent, server time in ms. */
  readonly dueAt: () => number;
  /** Calls a message off. */
  readonly cancel: (commandId: string) => void;
}

export function isHandling(name: ActName): name is Handling {
  return handlings.some((each) => each === name);
}

/** The files a message has beside its text, previews too. */
export function filesOf(content: MessageItem["message"]["content"]): readonly string[] {
  const { attachments = [] } = "text" in content ? content : {};
  return attachments.flatMap(({ fileId, thumbnailId, posterId }) =>
    [fileId, thumbnailId, posterId].filter((id) => id !== undefined),
  );
}

/** … and one that is planned. */
export function filesPlanned({ subject, value }: Pick<NoteRecord, "subject" | "value">): readonly string[] {
  const { message } = (subject.kind === "scheduled" && value) || {};
  return message ? filesOf(message.content) : [];
}

/** … and a command to send or to plan one. */
export function filesWith(command: Command): readonly string[] {
  if (command.type === "note.set") return filesPlanned(command);
  return command.type === "message.send" ? filesOf(command.content) : [];
}

/** Longer than a file is kept that nobody needs. */
const FAR_MS = 3 * 86_400_000;

export function createParcels(): Parcels {
  const known = new Map<string, Parcel>();
  const hasLeft = new Set<string>();

  const add = ({ device, conversationId, text, random }: Occasion): Upload | undefined => {
    const bytes = contentOf(random, text);
    const thumbnail = isLikely(random, 0.3) ? jpegOf(`small ${text}`, 60 + anyOf(random, 400)) : undefined;
    const type = isLikely(random, 0.3) ? "image/jpeg" : "text/plain";
    try {
      const upload = device.uploads?.add(conversationId, new MemoryBlob(bytes, type), {
        name: `${text}.txt`,
        ...(thumbnail && { thumbnail: new MemoryBlob(thumbnail, "image/jpeg") }),
      });
      if (!upload) return undefined;
      upload.stored.catch(() => {}); // shown by its phase
      const { fileId, thumbnailId } = upload.attachment;
      const parcel = { device, isGivenUp: false };
      known.set(fileId, { ...parcel, fileId, bytes });
      if (thumbnail && thumbnailId !== undefined)
        known.set(thumbnailId, { ...parcel, fileId: thumbnailId, bytes: thumbnail, previewOf: fileId });
      return upload;
    } catch (error) {
      if (isMessagingError(error)) return undefined; // nobody is signed in yet
      throw error;
    }
  };

  const attach = (occasion: Occasion, isPlanned: boolean): Promise<Sent> | undefined => {
    const { device, conversationId, text, random, dueAt } = occasion;
    const uploads = Array.from({ length: isLikely(random, 0.15) ? 2 : 1 }, () => add(occasion) ?? []).flat();
    const isTidy = isLikely(random, 0.5);
    const room = device.room(conversationId);
    if (uploads.length === 0 || !room || !device.client) return undefined;
    const draft = { text, attachments: uploads.map(({ attachment }) => attachment) };
    const { schedule } = openPlans(device.client);
    const later = (): number => dueAt() + (isLikely(random, 0.4) ? FAR_MS : 0);
    const sending = isPlanned ? schedule(conversationId, draft, later()) : room.send(draft);
    if (isTidy) sending.catch(() => uploads.forEach(callOff)); // as apps do whose message could not be kept
    return sending;
  };

  const sendLater = ({ device, text, random }: Occasion): Promise<Sent> | undefined => {
    const fit = (device.uploads?.list.get() ?? []).filter(
      ({ messageId, state }) => messageId === undefined && !isOver(state.get().phase),
    );
    const upload = pick(random, fit);
    return upload && device.room(upload.conversationId)?.send({ text, attachments: [upload.attachment] });
  };

  const callOff = ({ fileId, cancel }: Upload): void => {
    giveUp(fileId);
    const parcel = known.get(fileId);
    if (parcel && !hasLeft.has(fileId)) parcel.calledOffIn = parcel.device.life;
    cancel();
  };

  const giveUp = (fileId: string): void => {
    for (const parcel of known.values())
      if (parcel.fileId === fileId || parcel.previewOf === fileId) parcel.isGivenUp = true;
  };

  const cancelOne = (occasion: Occasion): void => {
    const { device, random, cancel } = occasion;
    const upload = pick(random, device.uploads?.list.get() ?? []);
    if (!upload) return;
    const entries = device.client?.outbox.get().entries ?? [];
    const waiting = entries.find(({ command }) => filesWith(command).includes(upload.fileId));
    if (waiting && isLikely(random, 0.6)) cancel(waiting.command.commandId);
    else callOff(upload);
  };

  return {
    find: (fileId) => known.get(fileId),
    all: () => [...known.values()],
    giveUp: (command) => filesWith(command).forEach(giveUp),
    replaced({ client }, command) {
      const wanted = client?.outbox.get().entries.flatMap((entry) => filesWith(entry.command)) ?? [];
      for (const fileId of filesWith(command)) if (!wanted.includes(fileId)) giveUp(fileId);
    },
    want(command) {
      for (const parcel of filesWith(command).flatMap((fileId) => known.get(fileId) ?? []))
        parcel.calledOffIn = undefined;
    },
    left({ command, status }) {
      if (status === "sending") for (const fileId of filesWith(command)) hasLeft.add(fileId);
    },
    handle(name, occasion) {
      const { device, random, cancel } = occasion;
      const upload = pick(random, device.uploads?.list.get() ?? []);
      switch (name) {
        case "attach":
        case "planFile":
          return attach(occasion, name === "planFile");
        case "addFile":
          return void add(occasion);
        case "sendFile":
          return sendLater(occasion);
        case "pauseFile":
          return upload?.pause() ?? undefined;
        case "resumeFile":
          return upload?.resume() ?? undefined;
        case "cancelFile":
          cancelOne(occasion);
          return undefined;
        case "callOff": {
          const entries = device.client?.outbox.get().entries ?? [];
          const waiting = entries.find(({ command }) => filesWith(command).length > 0);
          if (waiting) cancel(waiting.command.commandId);
          return undefined;
        }
      }
    },
  };
}

function isOver(phase: string): boolean {
  return phase === "refused" || phase === "cancelled";
}

/** Of storage: of more than one piece is what has more bytes than this. */
const PIECE_BYTES = 1_048_576;
const MOST_BYTES = 4_000;

/** Text, a picture, or what somebody will refuse: a program, malware, what is against the rules. Few are large. */
function contentOf(random: Random, text: string): Bytes {
  const size = isLikely(random, 0.03) ? PIECE_BYTES + 300 : 1 + anyOf(random, MOST_BYTES);
  const kind = random.next();
  if (kind < 0.3) return jpegOf(text, size);
  if (kind < 0.36) return filled("MZ\x90\x00", text, size);
  if (kind < 0.42) return filled(kind < 0.39 ? MALICE : INDECENCY, text, size);
  return filled("", text, size);
}

function jpegOf(text: string, size: number): Bytes {
  return filled("\xff\xd8\xff\xe0", text, size);
}

function filled(beginning: string, text: string, size: number): Bytes {
  return new Uint8Array(Buffer.alloc(Math.max(size, beginning.length), `${beginning}${text}\n`, "latin1"));
}
