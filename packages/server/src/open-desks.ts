import type { Clock } from "./engine/clock.ts";
import { keepingNoFiles, type OpenedFiles, openFiles } from "./files/open-files.ts";
import type { RouteModule } from "./gateway/http.ts";
import { type EventLog, silentLog } from "./log.ts";
import type { Meter } from "./observe/meter.ts";
import { failures } from "./open-parts.ts";
import type { Settings } from "./options.ts";
import { announcingPreviews, type OpenedPreviews, openPreviews } from "./previews/open-previews.ts";
import type { Store } from "./store/store.ts";

export interface OpenDesksOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly meter: Meter;
  /** Where this server is reached by those who know no better. */
  readonly baseUrl: () => string;
}

/** What answers for things that are not in the store. */
export interface Desks {
  readonly files: OpenedFiles | undefined;
  readonly previews: OpenedPreviews | undefined;
  readonly routes: readonly RouteModule[];
  close(): Promise<void>;
}

/** @returns the settings too, as they are announced by what there is. */
export async function openDesks(
  options: OpenDesksOptions,
): Promise<{ readonly desks: Desks; readonly settings: Settings }> {
  const { settings: given, meter } = options;
  const log: EventLog = given.log ?? silentLog;
  const failing = (what: string) => (error: unknown) => failures(log, meter)(what, error);
  const files = await openFiles({ ...options, onFailure: failing("files") });
  const previews = await openPreviews({ ...options, onFailure: failing("previews") });
  const kept = options.store.cases ? given : hearingNoReports(given);
  const settings = announcingPreviews(files ? kept : keepingNoFiles(kept), previews !== undefined);
  const desks: Desks = {
    ...{ files, previews, routes: [...(files?.routes ?? []), ...(previews?.routes ?? [])] },
    async close() {
      previews?.close();
      await files?.close();
    },
  };
  return { desks, settings };
}

/** The same, announced as a server whose store would show reports to nobody. */
function hearingNoReports(settings: Settings): Settings {
  const { reports: _reports, ...limits } = settings.policy.limits;
  return { ...settings, policy: { ...settings.policy, limits } };
}
