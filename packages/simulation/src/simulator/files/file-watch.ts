import type { OutboxEntry } from "@tidings/core";
import type { MessageRecord, NoteRecord } from "@tidings/core/protocol";
import type { FileRecord } from "@tidings/server/store";
import type { Device } from "../device.ts";
import type { Account, Ledger } from "../ledger.ts";
import type { Time } from "../time.ts";
import type { Bytes, Depot } from "./depot.ts";
import { INDECENCY, MALICE } from "./desk.ts";
import { notebookOf } from "../jot.ts";
import { filesOf, filesPlanned, filesWith, type Parcel, type Parcels } from "./parcels.ts";

type State = FileRecord["state"];

/** Holds what becomes of files against what people added: what the laws say of them, in the plainest way. */
export interface FileWatch {
  /** What the server has written down of a file. */
  filed(fileId: string, state: State | undefined): void;
  /** A device lets this out. */
  left(device: Device, entry: OutboxEntry): void;
  /** A message took effect. */
  sent(message: MessageRecord): void;
  /** A note took effect: it may plan a message. */
  planned(note: NoteRecord): void;
  /** All that was committed is gone; what follows was restored. */
  erase(): void;
  /** Which file is still on its way. */
  unrest(): string | undefined;
  /** Has everybody read what they may, and nobody what they may not? Takes some time. */
  read(): Promise<void>;
  /** A day later, every client started anew, what nobody needs deleted: what is left, and for whom? */
  judgeLeftovers(): void;
}

export interface FileWatchOptions {
  readonly time: Time;
  readonly devices: readonly Device[];
  readonly ledger: Ledger;
  readonly parcels: Parcels;
  readonly depot: Depot;
  readonly conversations: readonly string[];
  /** Is every file looked through? */
  readonly isScanned: boolean;
  readonly violate: (law: string, what: string) => void;
}

/** After this long a file may be gone that no message has shown. */
const TERM_MS = 86_400_000;
/** The newest so many are read by everybody. */
const MOST_READ = 12;
const READING_MS = 5_000;

export function createFileWatch(options: FileWatchOptions): FileWatch {
  const { time, devices, ledger, parcels, depot, conversations, violate } = options;
  const states = new Map<string, State | undefined>();
  const openedAt = new Map<string, number>();
  const shownBy = new Map<string, string>();
  /** Files whose bytes may be gone though a backup shows them, or be there though it knows them not. */
  const unsure = new Set<string>();
  /** Files that some message showed, or was to show, and perhaps does not any more. */
  const wasShown = new Set<string>();

  const isCalledOff = ({ calledOffIn, device, fileId }: Parcel): boolean =>
    calledOffIn !== undefined && (calledOffIn === device.life || !isKept(device, fileId));

  function* faultsOf(fileId: string, { id, origin }: MessageRecord): Generator<readonly [string, string]> {
    const parcel = parcels.find(fileId);
    if (!parcel) return yield ["D3", `${id} shows ${fileId}, which nobody has added`];
    if (states.get(fileId) !== "ready")
      yield ["D6", `${id} shows ${fileId}, which is ${states.get(fileId) ?? "not known"}`];
    if (!unsure.has(fileId) && !isSame(depot.objects.get(fileId), parcel.bytes))
      yield ["D1", `${id} shows ${fileId}, and its bytes are not those that were added`];
    if (options.isScanned && isBad(parcel.bytes)) yield ["D8", `${id} shows ${fileId}, which is malware`];
    if (isCalledOff(parcel)) yield ["D6", `${id} shows ${fileId}, which had been called off`];
    const before = shownBy.get(fileId);
    if (!origin && before !== undefined && before !== id)
      yield ["D2", `${id} shows ${fileId}, and ${before} does so too`];
    if (!origin) shownBy.set(fileId, id);
  }

  /** Of messages that are there. */
  const shownIn = (account: Account): readonly string[] =>
    [...account.records.values()].flatMap((record) =>
      record.type === "message" && record.deletedAt === undefined ? filesOf(record.content) : [],
    );

  const plannedIn = ({ records }: Account): readonly string[] =>
    [...records.values()].flatMap((record) => (record.type === "note" ? filesPlanned(record) : []));

  const isIn = (conversationId: string, userId: string): boolean =>
    ledger.account(conversationId).presences.get(userId)?.at(-1)?.isIn === true;

  const readOne = async (device: Device, conversationId: string, parcel: Parcel): Promise<void> => {
    const { fileId, bytes } = parcel;
    const isTheirs = (): boolean =>
      isIn(conversationId, device.userId) && shownIn(ledger.account(conversationId)).includes(fileId);
    const code = await codeOf(device, conversationId, fileId, (url) => {
      const got = depot.read(url);
      if (isTheirs() && !unsure.has(fileId) && !isSame(got, bytes))
        violate(
          "D1",
          `${device.name} reads ${got?.length ?? "no"} bytes of ${fileId} instead of ${bytes.length}`,
        );
      if (!isTheirs() && device.userId !== parcel.device.userId)
        violate("D8", `${device.name} may read ${fileId} in ${conversationId}`);
    });
    if (code !== undefined && isTheirs() && !code.startsWith("connection/"))
      violate("D1", `${device.name} is refused ${fileId} of ${conversationId} with ${code}`);
  };

  return {
    filed(fileId, state) {
      const before = states.get(fileId);
      states.set(fileId, state);
      if (!openedAt.has(fileId)) openedAt.set(fileId, time.now());
      if (state !== "gone" || before === "gone") return;
      const isEarly = time.now() - (openedAt.get(fileId) ?? 0) < TERM_MS;
      if (before !== undefined && isEarly && !wasShown.has(fileId) && !parcels.find(fileId)?.isGivenUp)
        violate("D1", `${fileId} was deleted before its term, and nobody had called it off`);
    },
    left({ name }, { command, status }) {
      if (status !== "sending") return;
      for (const fileId of filesWith(command)) {
        const state = states.get(fileId);
        if (parcels.find(fileId)?.isGivenUp) continue; // refused, then
        if ((state === "open" || state === "scanning") && !unsure.has(fileId))
          violate("D6", `${name} lets ${command.commandId} out, and its ${fileId} is ${state}`);
      }
    },
    sent(message) {
      for (const fileId of filesOf(message.content)) {
        for (const fault of faultsOf(fileId, message)) violate(...fault);
        wasShown.add(fileId);
      }
    },
    planned(note) {
      for (const fileId of filesPlanned(note)) {
        const isBegun = note.value?.firedAt !== undefined;
        if (!isBegun && states.get(fileId) !== "ready")
          violate(
            "D6",
            `${note.subject.messageId} is planned with ${fileId}, which is ${states.get(fileId)}`,
          );
        wasShown.add(fileId);
      }
    },
    erase() {
      for (const fileId of states.keys()) unsure.add(fileId);
      states.clear();
      shownBy.clear();
    },
    unrest() {
      for (const { uploads, name } of devices) {
        for (const { fileId, state } of uploads?.list.get() ?? []) {
          const { phase } = state.get();
          if (phase !== "ready" && phase !== "refused") return `${name}'s ${fileId} is ${phase}`;
        }
      }
      return undefined;
    },
    async read() {
      const some = parcels.all().slice(-MOST_READ);
      for (const device of devices)
        for (const conversationId of conversations)
          for (const parcel of some) void readOne(device, conversationId, parcel);
      await time.pass(READING_MS);
    },
    judgeLeftovers() {
      const notebooks = new Set(devices.map(({ userId }) => notebookOf(userId)));
      const shown = new Set([
        ...conversations.flatMap((id) => shownIn(ledger.account(id))),
        ...[...notebooks].flatMap((id) => plannedIn(ledger.account(id))),
      ]);
      for (const fileId of depot.objects.keys())
        if (!shown.has(fileId) && !unsure.has(fileId))
          violate("D9", `the depot still has ${fileId}, which no message shows, nor will`);
      for (const fileId of shown)
        if (!depot.objects.has(fileId) && !unsure.has(fileId))
          violate("D1", `${fileId} is shown, or planned, and was deleted`);
      for (const device of devices) for (const fault of keptFor(device)) violate("D9", fault);
    },
  };
}

/** What a device keeps of files that no message in its outbox waits for. */
function* keptFor({ name, disk, client, uploads }: Device): Generator<string> {
  const entries = client?.outbox.get().entries ?? [];
  const wanted = new Set(entries.flatMap(({ command }) => filesWith(command)));
  for (const kind of ["upload", "upload-bytes"])
    for (const [, , fileId = ""] of disk.keys(kind))
      if (!wanted.has(fileId) && !uploads?.find(fileId))
        yield `${name} still keeps ${kind} of ${fileId}, which nothing waits for`;
}

function isKept({ disk }: Device, fileId: string): boolean {
  return disk.keys("upload").some((key) => key[2] === fileId);
}

async function codeOf(
  { uploads }: Device,
  conversationId: string,
  fileId: string,
  read: (url: string) => void,
): Promise<string | undefined> {
  try {
    const { url } = (await uploads?.link(conversationId, fileId)) ?? {};
    if (url !== undefined) read(url);
    return undefined;
  } catch (error) {
    return String(Object(error).code);
  }
}

function isBad(bytes: Bytes): boolean {
  const text = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  return text.startsWith(MALICE) || text.startsWith(INDECENCY);
}

function isSame(one: Bytes | undefined, other: Bytes): boolean {
  return one !== undefined && Buffer.compare(one, other) === 0;
}
