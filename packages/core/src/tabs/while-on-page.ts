import { MessagingError } from "../errors/messaging-error.ts";
import type { TabMember, TabMembership } from "../ports/tabs.ts";
import type { TabPage } from "./platform.ts";

/**
 * A membership with one life for each time the page is there. In the back/forward cache a page may hold nothing that
 * others want: browsers throw it out as soon as somebody waits for its lock or says something on its channel. And it must
 * not, as its script stands still: whoever is left takes over, as from a tab that was closed.
 *
 * @param begin - joins the others; lives count from 1.
 */
export function whileOnPage(
  { transport: { supports }, onReturn }: TabMember,
  begin: (life: number) => TabMembership,
  page?: TabPage,
): TabMembership {
  let lives = 1;
  let current: TabMembership | undefined = begin(lives);

  const hide = (): void => {
    current?.leave();
    current = undefined;
  };

  const show = (): void => {
    if (current) return; // the page has only just been loaded
    current = begin((lives += 1));
    onReturn();
  };

  page?.addEventListener("pagehide", hide);
  page?.addEventListener("pageshow", show);
  return {
    transport: {
      supports,
      async open(request, signal) {
        if (!current) throw away();
        return current.transport.open(request, signal);
      },
    },
    living: async () => current?.living(),
    leave() {
      page?.removeEventListener("pagehide", hide);
      page?.removeEventListener("pageshow", show);
      hide();
    },
  };
}

function away(): MessagingError {
  return new MessagingError("connection/lost", { message: "unable to connect; the page is not shown" });
}
