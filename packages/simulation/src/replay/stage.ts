import {
  createInspectedClient,
  type InspectedClient,
  type RecordedEntry,
  type Recording,
} from "@tidings/core/inspect";
import { createMailbox, type Mailbox } from "./mailbox.ts";
import {
  recordedChance,
  type RecordedLinks,
  recordedLinks,
  type RecordedNetwork,
  recordedNetwork,
  recordedStore,
} from "./ports.ts";
import { createRecordedTime, type RecordedTime } from "./recorded-time.ts";
import { createTranslation, type Translation } from "./translation.ts";

export type Asked = Extract<RecordedEntry, { readonly type: "ask" }>;

/** The shipped client, in a world that consists of a recording. */
export interface Stage {
  readonly client: InspectedClient;
  readonly time: RecordedTime;
  readonly links: RecordedLinks;
  readonly network: RecordedNetwork;
  readonly mailbox: Mailbox;
  readonly translation: Translation;
  /** How many questions had their answer here. */
  readonly answered: number;
  /** What the client has done here, recorded as it was there. */
  entries(): readonly RecordedEntry[];
}

export function createStage({ header, entries }: Recording): Stage {
  const translation = createTranslation();
  const mailbox = createMailbox();
  const time = createRecordedTime(header.at);
  const network = recordedNetwork();
  const done: RecordedEntry[] = [];
  let latest: Asked | undefined;
  let answered = 0;
  /** What is asked is on tape right before the port is: so ports need not know what it was. */
  const onEntry = (entry: RecordedEntry): void => {
    done.push(entry);
    if (entry.type === "ask") latest = entry;
    if (entry.type === "answer") answered += 1;
  };
  const answer = (): Promise<unknown> => mailbox.take(latest ? keyOf(translation.toRecording(latest)) : "");
  const links = recordedLinks(header, answer);
  const values = entries.flatMap((entry) => (entry.type === "chance" ? entry.value : []));
  const { userId, durability, hasAuth, backoff, maxMessages, maxOutboxEntries } = header;
  const client = createInspectedClient(
    {
      ...{ transport: links.transport, clock: time, random: recordedChance(values) },
      ...{ platform: network.platform, logger: () => {} },
      ...(durability && { storage: recordedStore(durability, answer) }),
      ...(hasAuth && { auth: () => answer().then((length) => (length === null ? undefined : "a token")) }),
      ...(userId !== undefined && { userId }),
      ...(backoff && { backoff }),
      ...(maxMessages !== undefined && { maxMessages }),
      ...(maxOutboxEntries !== undefined && { maxOutboxEntries }),
    },
    { record: { onEntry } },
  );
  return {
    ...{ client, time, links, network, mailbox, translation, entries: () => done },
    get answered() {
      return answered;
    },
  };
}

/** By which a question of the replay finds the answer in the recording. */
export function keyOf({ port, call, link = 0, key }: Asked): string {
  // Marks get an id of their own each time they are told; there is one at a time to a conversation. What is written
  // together depends on what is asked at once, which is not always the same: writes are answered in their order.
  const about = call === "write" ? "" : key.replace(/^\S+ (?=receipt\.mark )/, "");
  return `${port} ${call} ${link} ${about}`;
}
