import { createHash } from "node:crypto";
import { hasPreviews, previewableLinks } from "@tidings/core/domain";
import type { LinkPreview, PreviewAnswer, PreviewQuery } from "@tidings/core/protocol";
import type { Clock } from "../engine/clock.ts";
import { refuse } from "../engine/packets.ts";
import type { PreviewDesk, PreviewScene } from "../engine/preview-desk.ts";
import { Rates, type Sending } from "../engine/rates.ts";
import type { Meter } from "../observe/meter.ts";
import type { KeptPreview, PreviewTable } from "../store/previews.ts";
import type { Answer, Refusal } from "../store/store.ts";
import { decodePage } from "./decode-page.ts";
import type { GuardedFetch, Wanted } from "./guarded-fetch.ts";
import { IMAGE_SPARE_MS } from "./images.ts";
import { type PageFacts, readPage } from "./read-page.ts";
import type { Slots } from "./slots.ts";

export interface PreviewsOptions {
  readonly table: PreviewTable;
  readonly fetch: GuardedFetch;
  readonly slots: Slots;
  /** Pages one person may have looked up. */
  readonly perMinute: number;
  /** How long what a page said is kept. */
  readonly keepMs: number;
  /** Where clients find the picture of what is kept under a key, for a while. */
  readonly imageLink: (key: string, expiresAt: number) => string;
  /** The address of a picture, if it may be asked. */
  readonly imageSourceOf: (image: string, page: URL) => string | undefined;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly onFailure: (error: unknown) => void;
}

/** How long it is kept that there was nothing. */
const NOTHING_MS = 10 * 60_000;
const BUSY_MS = 2_000;

const page: Wanted = {
  accept: "text/html,application/xhtml+xml;q=0.9",
  types: /^(?:text\/html|application\/xhtml\+xml)$/u,
  mostBytes: 512 * 1_024,
  isBeginningEnough: true,
};

/** Looks up what links of messages lead to: who may have it done, how often, and what is kept of it. */
export class Previews implements PreviewDesk {
  readonly #options: PreviewsOptions;
  readonly #rates: Rates;
  /** Whoever asks for what is being looked up waits with the first. */
  readonly #underWay = new Map<string, Promise<KeptPreview>>();

  constructor(options: PreviewsOptions) {
    this.#options = options;
    const { perMinute } = options;
    this.#rates = new Rates([
      { name: "minute", scope: "user", tokens: perMinute, perMs: 60_000, burst: perMinute },
    ]);
  }

  async answer(
    userId: string,
    query: PreviewQuery,
    { conversation, message }: PreviewScene,
  ): Promise<Answer> {
    const { table, clock, meter, slots } = this.#options;
    const { url, conversationId } = query;
    if (!hasPreviews(conversation.settings)) return optedOut;
    if (!previewableLinks(message).includes(url)) return noSuchLink;
    const key = keyOf(conversationId, url);
    const kept = await table.find(key);
    if (kept && kept.expiresAt > clock.now()) {
      meter.add("preview", "kept");
      return this.#answered(kept);
    }
    const underWay = this.#underWay.get(key);
    if (underWay) return this.#answered(await underWay);
    const waitMs = slots.isFull ? BUSY_MS : this.#rates.take(sendingOf(userId), clock.now());
    if (waitMs > 0) {
      meter.add("preview", "busy");
      return refuse("protocol/busy", "unable to look the link up; too many are being looked up", waitMs);
    }
    const found = slots.run(() => this.#lookUp(key, url)).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, found);
    return this.#answered(await found);
  }

  async sweep(): Promise<void> {
    const { table, clock } = this.#options;
    while ((await table.forget(clock.now() - IMAGE_SPARE_MS)) > 0);
  }

  async #lookUp(key: string, url: string): Promise<KeptPreview> {
    const { table, fetch, clock, meter, keepMs, imageSourceOf, onFailure } = this.#options;
    const startedAt = clock.now();
    const fetched = await fetch.get(url, page);
    const facts = fetched.ok ? readPage(decodePage(fetched.body, fetched.charset)) : undefined;
    meter.since("preview", startedAt);
    meter.add("preview", fetched.ok ? (facts ? "found" : "empty") : fetched.reason);
    const { image, ...preview }: Partial<PageFacts> = facts ?? {};
    const imageSource = fetched.ok && image !== undefined ? imageSourceOf(image, fetched.url) : undefined;
    const kept: KeptPreview = {
      ...{ key, expiresAt: clock.now() + (facts ? keepMs : NOTHING_MS) },
      ...(isTitled(preview) && { preview }),
      ...(imageSource !== undefined && { imageSource }),
    };
    // A server that closes has learned nothing of the page. What cannot be kept is right all the same.
    if (fetched.ok || fetched.reason !== "closed") await table.put(kept).catch(onFailure);
    return kept;
  }

  #answered({ key, preview, imageSource, expiresAt }: KeptPreview): Answer {
    const image = imageSource && this.#options.imageLink(key, expiresAt + IMAGE_SPARE_MS);
    const result: PreviewAnswer = {
      ...(preview && { preview: { ...preview, ...(image !== undefined && { image }) } }),
      expiresAt,
    };
    return { ok: true, result };
  }
}

/** Of a conversation: how fast the answer comes says nothing of what was said in others (D8). */
function keyOf(conversationId: string, url: string): string {
  return createHash("sha256")
    .update(JSON.stringify([conversationId, url]))
    .digest("base64url");
}

function sendingOf(userId: string): Sending {
  return { userId, conversationId: "", perMinute: undefined, factor: 1 };
}

function isTitled(facts: Partial<PageFacts>): facts is Omit<LinkPreview, "image"> {
  return facts.title !== undefined;
}

const optedOut: Refusal = refuse(
  "permission/denied",
  "unable to look the link up; in this conversation that is not wanted",
);
const noSuchLink: Refusal = refuse(
  "query/malformed",
  "unable to look the link up; it is none of the first in the message",
);
