/** Shows every string in every place where the examples show what others wrote. */
import { type Client, createClient, type JsonCustom } from "@tidings/core";
import type { NotedConversation } from "@tidings/core/bindings";
import { createSanitizer } from "@tidings/core/html";
import { createMemoryBackend } from "@tidings/core/memory";
import type { PreviewView } from "@tidings/core/previews";
import type { Inline } from "@tidings/core/markdown";
import { defaultPolicy } from "@tidings/core/protocol";
import { MessagingProvider } from "@tidings/react";
import { RichText } from "@tidings/react/markdown";
import { createRoot } from "react-dom/client";
import { CaseCard } from "../../src/components/case-card.tsx";
import { ConversationList } from "../../src/components/conversation-list.tsx";
import { LinkCard } from "../../src/components/link-preview.tsx";
import { MessageItem } from "../../src/components/message-item.tsx";
import { Poll } from "../../src/components/poll.tsx";
import { Result } from "../../src/components/search-pane.tsx";
import { ToastProvider } from "../../src/components/toasts.tsx";
import type { Item, Message } from "../../src/lib/data.ts";
import { TextsProvider } from "../../src/texts/use-texts.tsx";
import { corpus } from "./corpus.ts";
import { furnish } from "./house.ts";
import { caseOf, messageOf, ranges } from "./said.ts";
import { allAtOnce, renderedIn, showSurfaces, shownIn } from "./surfaces.tsx";

const none = (): void => {};

function itemOf(message: Message): Item {
  return {
    type: "message",
    key: message.id,
    message,
    status: "sent",
    own: false,
    pending: false,
    error: undefined,
  };
}

/** A tree that no parser of ours has made: every value in it is the string. */
function Foreign({ text }: { readonly text: string }) {
  const said: readonly Inline[] = [{ type: "text", text }];
  const named = (["mention", "group", "hashtag"] as const).map((type) => ({ type, text, value: text }));
  const children: readonly Inline[] = [...said, ...named, { type: "link", href: text, children: said }];
  const blocks = [
    { type: "code-block", text, language: text },
    { type: "paragraph", children },
  ] as const;
  return <RichText tree={{ blocks }} />;
}

/** What a page may say of itself: whatever it likes. The address of its picture is the server's. */
function cardOf(text: string): PreviewView {
  const preview = { title: text, description: text, siteName: text };
  return { url: "https://elsewhere.example/", host: "elsewhere.example", isKnown: true, preview };
}

function Everything() {
  const messages = corpus.flatMap((text, index) => [
    messageOf(text, 2 * index, false),
    messageOf(text, 2 * index + 1, true),
  ]);
  const conversations = corpus.map((name, index): NotedConversation<JsonCustom> => ({
    ...{
      conversationId: `c${index}`,
      lastMessage: messages[2 * index],
      unread: 1,
      otherId: name,
      activeAt: 0,
      ...{ pinned: false, archived: false, muted: false, draft: name },
    },
    record: {
      ...{ type: "conversation", conversationId: `c${index}`, rev: 1, kind: "group", status: "active", name },
      ...{ description: name, settings: { typing: true, receipts: true }, createdBy: name, createdAt: 0 },
    },
  }));
  return (
    <>
      <ConversationList conversations={conversations} current={undefined} onOpen={none} />
      {corpus.map((text, index) => (
        <Foreign key={index} text={text} />
      ))}
      <div hidden>
        {corpus.map((text, index) => (
          <LinkCard key={index} view={cardOf(text)} tabIndex={0} />
        ))}
      </div>
      {corpus.map((text, index) => {
        const found = messages[2 * index + 1];
        return found && <CaseCard key={index} {...decided} found={caseOf(text, found)} />;
      })}
      {polls.map((id) => (
        <Poll key={id} message={{ id, conversationId: "general" }} tabIndex={0} />
      ))}
      {messages.map((message) => (
        <div key={message.id}>
          <MessageItem
            item={itemOf({ ...message, replyTo: "m0" })}
            isFirst
            isLast
            quoted={message}
            onMenu={none}
          />
          <Result found={{ message, highlights: [{ start: 0, end: 1 }], isLocal: false }} isElsewhere />
        </div>
      ))}
    </>
  );
}

const decided = { isDeciding: false, onDecide: none, onShow: none };
const policy = { ...defaultPolicy, rates: [], limits: { ...defaultPolicy.limits, pageSize: 1_000 } };

async function connected(): Promise<Client> {
  const backend = createMemoryBackend({ policy });
  const client = createClient({ transport: backend.transport("ada") });
  await client.connect();
  return client;
}

/** The page without a framework shows the newest hundred, so it is shown once for each hundred. */
async function showVanilla(): Promise<void> {
  for (let from = 0; from < corpus.length; from += 100) {
    const client = await connected();
    const frame = document.createElement("iframe");
    Object.assign(frame, { src: "/vanilla.html" });
    Object.assign(window, { vanillaClient: client });
    const isLoaded = new Promise((resolve) => frame.addEventListener("load", resolve));
    document.body.append(frame);
    await isLoaded;
    const { send } = client.conversation("general");
    const some = corpus.slice(from, from + 100);
    await Promise.all(some.map((text) => send({ text, ranges: ranges(text) }).catch(none)));
  }
}

/** Polls between as many strings as one may have: the messages. */
async function askedOf({ conversation }: Client): Promise<readonly string[]> {
  const { check, send } = conversation("general");
  const ask = (options: readonly string[]) => ({ kind: "poll", text: "Which?", poll: { options } }) as const;
  const fit = [...new Set(corpus)].filter((text) => check(ask([text, "neither"])).length === 0);
  const asked: string[] = [];
  for (let from = 0; from < fit.length; from += 10)
    asked.push((await send(ask([...fit.slice(from, from + 10), "neither"]))).id);
  return asked;
}

function showHtml(): void {
  const sanitize = createSanitizer(window);
  for (const text of corpus) {
    const place = document.createElement("div");
    place.innerHTML = sanitize(text);
    document.body.append(place);
  }
}

/** A few pixels that we have drawn ourselves, of whatever somebody sent instead: some words can be drawn. */
function isPlaceholder(element: Element): boolean {
  const drawn = /^background-image: url\("data:image\/png;base64,[\w+/=]+"\);$/u;
  return element.matches(".file-picture") && drawn.test(element.getAttribute("style") ?? "");
}

/** Beside what opened it. */
function isPlaced(element: Element): boolean {
  const place = /^top: -?[\d.]+px; left: -?[\d.]+px;$/u;
  return element.matches(".menu") && place.test(element.getAttribute("style") ?? "");
}

/** What there is now that could run, or lead somewhere; and what a person could make happen, made to happen. */
function provoke(types: readonly string[]): {
  readonly armed: readonly string[];
  readonly links: readonly string[];
} {
  const armed: string[] = [];
  const links: string[] = [];
  const frames = Array.from(document.querySelectorAll("iframe"), (frame) => frame.contentDocument);
  for (const element of [document, ...frames].flatMap((each) =>
    Array.from(each?.querySelectorAll("body *") ?? []),
  )) {
    const names = element
      .getAttributeNames()
      .filter((name) => /^on|^srcdoc$|^formaction$|^style$/.test(name));
    const isIn = element.closest(".avatar, .poll-bar, html[style]") !== null;
    const isOurs = isIn || isPlaceholder(element) || isPlaced(element);
    if (names.some((name) => name !== "style" || !isOurs)) armed.push(element.outerHTML.slice(0, 1_000));
    const href = element.getAttribute("href");
    if (href !== null) links.push(href);
    if (href !== null && /^(https?|mailto):/i.test(href))
      element.addEventListener("click", (event) => event.preventDefault());
    for (const type of types) element.dispatchEvent(new Event(type, { cancelable: true }));
  }
  return { armed, links };
}

const root = document.body.appendChild(document.createElement("div"));
const client = await connected();
const polls = await askedOf(client);
createRoot(root).render(
  <TextsProvider>
    <MessagingProvider client={client}>
      <ToastProvider>
        <Everything />
      </ToastProvider>
    </MessagingProvider>
  </TextsProvider>,
);
showHtml();
await showVanilla();
const house = await furnish();
const surfaces = document.body.appendChild(document.createElement("div"));
surfaces.className = "surfaces";
showSurfaces(surfaces, house);
house.remind(allAtOnce);
Object.assign(window, {
  ...{ provoke, corpus, isShown: true },
  ...{ shown: () => shownIn(surfaces), rendered: () => renderedIn([root, surfaces]) },
});
