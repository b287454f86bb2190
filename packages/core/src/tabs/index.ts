/** One link and one outbox for all tabs of an app. */
export { browserTabs, type BrowserTabsOptions } from "./browser-tabs.ts";
export type { TabChannel, TabLocks, TabPage } from "./platform.ts";
export type { TabMember, TabMembership, Tabs } from "../ports/tabs.ts";
