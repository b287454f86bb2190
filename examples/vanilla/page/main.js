/** A chat without a framework: makes the client and brings the parts of the page together. */
import { byId, setText, watch } from "./dom.js";
import { createCable } from "./cable.js";
import { fillAvatar, listenToList, showList } from "./conversation-list.js";
import { attempt, announce, showError } from "./errors.js";
import { nameOf } from "./format.js";
import { offerNewConversation } from "./new-dialog.js";
import { faceOf, loadDirects, othersIn, presenceOf, titleOf } from "./people.js";
import { showRoom } from "./room.js";
import { showConnection, showOutbox } from "./status.js";

/** The token stands behind the `#`, which browsers never send to a server. */
const token = new URLSearchParams(location.hash.slice(1)).get("token");
addEventListener("hashchange", () => location.reload());

if (token) start(token);
else byId("door", HTMLElement).hidden = false;

/** @param {string} token */
function start(token) {
  const cable = createCable();
  const client = Tidings.createClient({
    transport: Tidings.webSocketTransport({ url: location.origin }),
    auth: () => token,
    platform: cable.platform,
  });
  const app = byId("app", HTMLElement);
  /** @type {string | undefined} */
  let current;

  /** @param {string} conversationId */
  function open(conversationId) {
    app.dataset.pane = "room";
    if (conversationId !== current) showRoom(client, (current = conversationId));
    showItems();
    // On a phone the keyboard would come up and cover what one came to read.
    if (isWide()) byId("draft", HTMLTextAreaElement).focus();
    else byId("log", HTMLElement).focus();
  }

  function showItems() {
    const items = client.conversations.get();
    showList(items, {
      me: client.userId.get(),
      current,
      titleOf: (item) => titleOf(client, item),
      faceOf: (item) => faceOf(client, item),
      presenceOf: (item) => presenceOf(client, item),
    });
    loadDirects(client, items, showItems);
    const [first] = items;
    if (!current && first && isWide()) open(first.conversationId);
  }

  watch(client.userId, (userId) => {
    if (userId === undefined) return;
    setText(byId("me-name", HTMLElement), nameOf(userId));
    fillAvatar(byId("me-avatar", HTMLElement), userId, nameOf(userId), false);
  });
  watch(client.conversations, showItems);
  client.presence.subscribe(showItems);
  client.on("error", showError);
  client.on("outbox", ({ command, status, error }) => {
    // A failed message stays in the log with its own buttons; a failed change of one was undone already.
    if (status !== "failed") return;
    if (command.type === "message.send") return announce("A message was not sent");
    showError(error);
    client.outbox.cancel(command.commandId);
  });

  showConnection(client);
  showOutbox(client);
  listenToList(open);
  offerNewConversation(client, knownPeople, open);

  /** Those of the open conversation, and those who said something lately. */
  function knownPeople() {
    const authors = client.conversations.get().map(({ lastMessage }) => lastMessage?.authorId ?? "");
    const all = new Set([...authors, ...(current ? othersIn(client, current) : [])]);
    return [...all].filter((userId) => userId !== "" && userId !== client.userId.get()).sort();
  }

  byId("go-offline", HTMLInputElement).addEventListener("change", ({ target }) => {
    cable.setPulled(target instanceof HTMLInputElement && target.checked);
  });
  byId("back", HTMLButtonElement).addEventListener("click", () => {
    app.dataset.pane = "list";
    /** @type {HTMLElement | null} */ (document.querySelector('.conversation[aria-current="true"]'))?.focus();
  });

  app.hidden = false;
  attempt(() => client.connect());
}

/** Is there room for both panes? As in layout.css. */
function isWide() {
  return matchMedia("(min-width: 720px)").matches;
}
