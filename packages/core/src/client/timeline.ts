import type { Replica } from "../timeline/replica.ts";
import { createWindow } from "../timeline/window.ts";
import type { Core } from "./core.ts";
import type { Timeline } from "./types.ts";

/** The façade of a conversation's timeline: the view, and what loads more of it. */
export function timelineOf(core: Core, replica: Replica): Timeline {
  return {
    get: replica.view.get,
    subscribe: replica.view.subscribe,
    loadOlder: () => core.loader.older(replica),
    loadNewer: () => core.loader.newer(replica),
    async loadAround(around) {
      await core.keeper.cache.load(replica); // it may be there
      await core.loader.around(replica, { around });
    },
    loadAt: (at) => core.loader.around(replica, { at }),
    window: (options) => createWindow(replica.view, options, core.scope),
  };
}
