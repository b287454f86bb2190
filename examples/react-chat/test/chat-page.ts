import type { Locator, Page } from "playwright-core";

/** How long a test waits for what should come, and how often it looks. */
export const patience = { timeout: 15_000, interval: 50 };

/** What a person sees and does in the app. */
export interface ChatPage {
  readonly page: Page;
  readonly draft: Locator;
  /** Opens a conversation by its title. */
  open(title: string): Promise<void>;
  say(text: string): Promise<void>;
  message(text: string | RegExp): Locator;
  /** The texts on the page that match, oldest first. */
  texts(pattern: RegExp): Promise<readonly string[]>;
  statusOf(text: string): Promise<string | null>;
  /** Chooses from the menu of a message. */
  choose(text: string, item: string): Promise<void>;
  setOffline(isOffline: boolean): Promise<void>;
  /** Goes on with the keyboard until that has the focus, as somebody does who has no mouse. */
  tabTo(target: Locator, key?: "Tab" | "Shift+Tab"): Promise<void>;
}

/** More stops than there are on the way to anything. */
const MOST_STOPS = 40;

export function chatPage(page: Page): ChatPage {
  const room = page.locator("main.chat");
  const draft = room.getByRole("textbox", { name: "Message", exact: true });
  // By what it says itself, not by what it quotes.
  const message = (text: string | RegExp): Locator =>
    room.locator(".message", { has: page.locator(".text", { hasText: text }) });
  return {
    page,
    draft,
    message,
    async open(title) {
      await page.locator(".conversation", { has: page.getByText(title, { exact: true }) }).click();
      await page.locator("#chat-title", { hasText: title }).waitFor();
    },
    async say(text) {
      await draft.fill(text);
      await draft.press("Enter");
    },
    async texts(pattern) {
      const all = await room.locator(".message .text").allTextContents();
      return all.filter((text) => pattern.test(text));
    },
    statusOf: (text) => message(text).getAttribute("data-status"),
    async choose(text, item) {
      await message(text).hover();
      await message(text).locator("[data-do=menu]").click();
      await page.locator(".menu").getByText(item, { exact: true }).click();
    },
    async tabTo(target, key = "Tab") {
      for (let stop = 0; stop < MOST_STOPS; stop += 1) {
        await page.keyboard.press(key);
        if (await target.evaluate((element) => element.matches(":focus"))) return;
      }
      throw new Error(`unable to reach ${String(target)} by ${key}`);
    },
    async setOffline(isOffline) {
      await page.getByLabel("Go offline").setChecked(isOffline);
    },
  };
}
