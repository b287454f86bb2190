import type { Client, ClientOptions, Conversation } from "../../src/client/types.ts";
import { createClient } from "../../src/client/create-client.ts";
import { createMemoryBackend, type MemoryBackend } from "../../src/memory/index.ts";
import { memoryStorage } from "../../src/memory/storage.ts";
import type { Storage } from "../../src/ports/storage.ts";
import { defaultPolicy, type FileLimits } from "../../src/protocol/policy.ts";
import { seededRandom } from "../../src/testing/seeded-random.ts";
import { type VirtualClock, virtualClock } from "../../src/testing/virtual-clock.ts";
import { openUploads } from "../../src/uploads/create-uploads.ts";
import type { Fetch } from "../../src/uploads/put-part.ts";
import type { UploadLocks } from "../../src/uploads/locks.ts";
import type { Upload, Uploads } from "../../src/uploads/types.ts";

/** More than one part of the backend in memory, and more than one piece on storage. */
export const TWO_PARTS: number = 5 * 1_024 * 1_024 + 100_000;

type Answer = Response | "cut" | "lost" | "pass";

/** What the store of files answers instead: `undefined` lets the request through. */
export type Mischief = (part: string) => Answer | Promise<Answer> | undefined;

/** One life of a person's client, with uploads. */
export interface Life {
  readonly client: Client;
  readonly room: Conversation;
  readonly uploads: Uploads;
}

export interface LifeOptions extends Partial<ClientOptions> {
  readonly locks?: UploadLocks;
  readonly fetch?: Fetch;
  /** Whose device it is is known before anybody connects. Default true. */
  readonly isKnown?: boolean;
}

/** A backend in memory, whose store of files can be meddled with. */
export interface UploadWorld {
  readonly clock: VirtualClock;
  readonly backend: MemoryBackend;
  readonly storage: Storage;
  /** Parts as they were put: file and number. */
  readonly puts: string[];
  /** Most that were out at once. */
  most(): number;
  meddle(mischief: Mischief): void;
  readonly fetch: Fetch;
  /** Not connected yet. */
  live(options?: LifeOptions): Life;
  /** Lets what is under way come to an end: blobs are read outside the queue of promises. */
  settle(): Promise<void>;
}

/** Blobs are read on threads: this many turns of the event loop are enough for any chain of them here. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((done) => setImmediate(done));
}

export function uploadWorld(asked: Partial<FileLimits> = {}): UploadWorld {
  const clock = virtualClock(1_000_000, turns);
  const { files } = defaultPolicy.limits;
  const limits = { ...defaultPolicy.limits, ...(files && { files: { ...files, perHour: 1_000, ...asked } }) };
  const backend = createMemoryBackend({
    ...{ clock, random: seededRandom(1), policy: { ...defaultPolicy, rates: [], limits } },
  });
  const storage = memoryStorage();
  const puts: string[] = [];
  let mischief: Mischief = () => undefined;
  let out = 0;
  let most = 0;
  const fetch: Fetch = async (url, init) => {
    const part = url.replace("memory://files/", "");
    puts.push(part);
    out += 1;
    most = Math.max(most, out);
    try {
      const answer = await mischief(part);
      if (answer === "cut") throw new TypeError("network error");
      if (answer instanceof Response) return answer;
      const headers = Object.fromEntries(new Headers(init.headers));
      const served = await backend.fetch(url, { method: "PUT", headers, body: init.body ?? null });
      if (answer === "lost") throw new TypeError("network error");
      return served;
    } finally {
      out -= 1;
    }
  };
  let seed = 10;
  return {
    ...{ clock, backend, storage, puts, fetch, settle: turns },
    most: () => most,
    meddle: (next) => void (mischief = next),
    live({ locks, fetch: other, isKnown = true, ...options } = {}) {
      const client = createClient({
        ...{ transport: backend.transport("ada"), clock, random: seededRandom((seed += 1)) },
        ...{ storage, ...(isKnown && { userId: "ada" }), logger: () => {}, ...options },
      });
      const uploads = openUploads(client, { fetch: other ?? fetch, ...(locks && { locks }) });
      return { client, uploads, room: client.conversation("general") };
    },
  };
}

/** Bytes that tell where they stand. */
export function pattern(size: number, type = "image/png"): File {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 31 + (at >> 8)) & 0xff;
  return new File([bytes], "photo.png", { type });
}

/** Texts of the messages the backend has, and how many files each shows. */
export function said(backend: MemoryBackend): string[] {
  return backend.messages("general").map(({ content }) => {
    const { text = "sealed", attachments = [] } = "text" in content ? content : {};
    return attachments.length > 0 ? `${text} +${attachments.length}` : text;
  });
}

export const phases = (uploads: Uploads): string[] => uploads.list.get().map(phaseOf);
export const phaseOf = (upload: Upload): string => upload.state.get().phase;
