import type { TabMember, TabMembership, Tabs } from "../ports/tabs.ts";
import { createMembership } from "./membership.ts";
import { TABS_VERSION, tabOf } from "./messages.ts";
import type { TabChannel, TabLocks, TabPage } from "./platform.ts";
import { whileOnPage } from "./while-on-page.ts";

export interface BrowserTabsOptions {
  /**
   * Tabs that give the same name share a link and what is on storage. So it names the app and the user, as in
   * `"my-app/ada"`: two users must never share a link.
   */
  readonly name: string;
  /** Default: the browser's. */
  readonly locks?: TabLocks;
  /** Default: a `BroadcastChannel`. */
  readonly channel?: (name: string) => TabChannel;
  /** Default: the browser's window, if there is one. */
  readonly page?: TabPage;
}

/**
 * Gives all tabs of an app one link: the tab that holds a lock leads, and serves the others over a channel. Whichever tab
 * is closed, crashes or hangs, another takes over its link, and what it left to be sent.
 *
 * Where the platform has no Web Locks or no `BroadcastChannel` (Node 20, a page without HTTPS), every tab has a link of
 * its own, as without this.
 *
 * @example
 * ```ts fragment
 * const client = createClient({ transport, storage, tabs: browserTabs({ name: `my-app/${user.id}` }) });
 * ```
 */
export function browserTabs(options: BrowserTabsOptions): Tabs {
  const locks: TabLocks | undefined = options.locks ?? globalThis.navigator?.locks;
  const channel =
    options.channel ??
    (globalThis.BroadcastChannel && ((name: string): TabChannel => new BroadcastChannel(name)));
  const name = `tidings/${TABS_VERSION}/${options.name}`;
  return {
    join(member) {
      if (!locks || !channel) return alone(member);
      const begin = (life: number): TabMembership =>
        createMembership({
          ...{ ...member, locks, name, channel: channel(name), tab: tabOf(member.clientId, life) },
        });
      return whileOnPage(member, begin, options.page ?? browserPage());
    },
  };
}

function browserPage(): TabPage | undefined {
  const { document, window }: Partial<typeof globalThis> = globalThis;
  return document && window;
}

/** Whatever is on storage is this tab's, as far as it can tell. */
function alone({ transport }: TabMember): TabMembership {
  return { transport, living: async () => new Set(), leave: () => {} };
}
