import { derivedKey, createSigner } from "../files/signed-urls.ts";
import type { Clock } from "../engine/clock.ts";
import type { PreviewDesk } from "../engine/preview-desk.ts";
import type { RouteModule } from "../gateway/http.ts";
import type { Meter } from "../observe/meter.ts";
import type { Settings } from "../options.ts";
import type { Store } from "../store/store.ts";

export interface OpenPreviewsOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Where this server is reached by those who know no better. */
  readonly baseUrl: () => string;
  readonly onFailure: (error: unknown) => void;
}

export interface OpenedPreviews {
  readonly desk: PreviewDesk;
  /** Of pictures. */
  readonly routes: readonly RouteModule[];
  close(): void;
}

/** Lookups that wait for each one that runs. */
const WAITING_PER_SLOT = 4;

/** Loaded by those who use it. @returns undefined if this server is to ask nobody, or its store cannot keep what they say. */
export async function openPreviews(options: OpenPreviewsOptions): Promise<OpenedPreviews | undefined> {
  const { settings, store, clock, meter, baseUrl, onFailure } = options;
  const { previews: table } = store;
  const { previews, files, secret } = settings;
  if (!previews || !table) return undefined;
  const [{ admitted }, { Previews }, { guardedFetch }, { PreviewImages }, { imageRoutes }, { Slots }] =
    await Promise.all([
      ...([import("./admitted.ts"), import("./desk.ts"), import("./guarded-fetch.ts")] as const),
      ...([import("./images.ts"), import("./image-routes.ts"), import("./slots.ts")] as const),
    ]);
  const fetch = guardedFetch(previews);
  const slotsFor = (atOnce: number) => new Slots(atOnce, WAITING_PER_SLOT * atOnce);
  const signer = createSigner(previews.secret ?? derivedKey(secret, "addresses of previews"));
  const at = (): string => (previews.url ?? (files ? files.url : undefined) ?? baseUrl()).replace(/\/$/u, "");
  const desk = new Previews({
    ...{ ...previews, table, fetch, slots: slotsFor(previews.atOnce), clock, meter, onFailure },
    imageLink: (key, expiresAt) => signer.sign("GET", new URL(`${at()}/previews/${key}`), expiresAt),
    imageSourceOf: (image, page) => admitted(image, previews.ports, page)?.href,
  });
  // Nobody is asked who they are for a picture, so no page waits for one.
  const images = new PreviewImages({ table, fetch, slots: slotsFor(previews.atOnce), clock, meter });
  return { desk, routes: [imageRoutes(images, signer, clock.now)], close: () => fetch.close() };
}

/** The same, announced by whether it looks links up. */
export function announcingPreviews(settings: Settings, hasPreviews: boolean): Settings {
  const { previews: _previews, ...limits } = settings.policy.limits;
  const announced = { ...limits, ...(hasPreviews && { previews: true }) };
  return { ...settings, policy: { ...settings.policy, limits: announced } };
}
