import type { Clock } from "../base/clock.ts";
import type { FileQuery, FileResults } from "../protocol/files.ts";
import type { FileAddress, Uploads } from "./types.ts";

/** Remembered at once; more are asked for again. */
const MOST_LINKS = 1_000;
/** A link is asked for anew when this much of its life is left: whoever has it needs time to use it. */
const SPARE = 0.2;

type Download = Extract<FileQuery, { type: "file.download" }>;

/** Those of one person: an address lets in whoever has it. */
interface Addresses {
  readonly userId: string | undefined;
  readonly known: Map<string, FileAddress>;
  readonly underway: Map<string, Promise<FileAddress>>;
}

/** Where the user's files can be read. Whoever asks while an answer is on its way shares it, and it is used as long as it is good. */
export function createFileLinks(
  query: (query: Download) => Promise<FileResults["file.download"]>,
  clock: Clock,
  serverNow: () => number,
  userId: () => string | undefined,
): Uploads["link"] {
  const none = (): Addresses => ({ userId: userId(), known: new Map(), underway: new Map() });
  let addresses = none();

  const ask = async ({ known }: Addresses, conversationId: string, fileId: string): Promise<FileAddress> => {
    const { url, expiresAt } = await query({ type: "file.download", conversationId, fileId });
    const livesMs = Math.max(0, expiresAt - serverNow());
    const address = { url, renewAt: clock.now() + Math.floor(livesMs * (1 - SPARE)) };
    const key = keyOf(conversationId, fileId);
    known.delete(key);
    known.set(key, address);
    const [oldest] = known.keys();
    if (known.size > MOST_LINKS && oldest !== undefined) known.delete(oldest);
    return address;
  };

  return async (conversationId, fileId) => {
    if (addresses.userId !== userId()) addresses = none();
    const { known, underway } = addresses;
    const key = keyOf(conversationId, fileId);
    const address = known.get(key);
    if (address && address.renewAt > clock.now()) return address;
    const asked =
      underway.get(key) ?? ask(addresses, conversationId, fileId).finally(() => underway.delete(key));
    underway.set(key, asked);
    return asked;
  };
}

/** A file may be shown in one conversation and not in another. */
function keyOf(conversationId: string, fileId: string): string {
  return `${conversationId} ${fileId}`;
}
