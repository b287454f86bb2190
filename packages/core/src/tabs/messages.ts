import type { CloseReason } from "../ports/transport.ts";
import type { ClientFrame, HelloFrame } from "../protocol/frames.ts";

/**
 * What tabs say to each other, in the wire's own frames. A call is one link of one tab that does not lead; its id is the
 * tab's and a running number. A tab's id is its client's and which of its lives this is (`tabOf`). Everybody hears everything, and passes over what is not for them.
 */
export type TabMessage =
  /** I have come; whoever leads, look after what I leave. */
  | { readonly type: "here"; readonly tab: string }
  /** I have the link from now on; calls to whoever had it are over. */
  | { readonly type: "lead"; readonly tab: string }
  | { readonly type: "call"; readonly call: string; readonly tab: string; readonly token: string | undefined }
  /** It is being seen to. */
  | { readonly type: "ringing"; readonly call: string }
  | { readonly type: "connected"; readonly call: string; readonly canRefresh: boolean }
  | { readonly type: "say"; readonly call: string; readonly frame: SpokenFrame }
  /** Server frames, as the wire has them. One serialisation serves all calls. */
  | { readonly type: "hear"; readonly calls: readonly string[]; readonly frames: string }
  | { readonly type: "hang-up"; readonly call: string }
  /** The call was not put through, or has ended. */
  | { readonly type: "over"; readonly call: string; readonly reason: CloseReason };

/** What is said on a call. Lanes are numbered where the link is. */
export type SpokenFrame = Exclude<ClientFrame, HelloFrame>;

export type Post = (message: TabMessage) => void;

/** Part of the names of locks and channels: tabs that would not understand each other never meet. */
export const TABS_VERSION = 1;

/** A page that comes back out of the back/forward cache begins another life: what others know of the last is over. */
export function tabOf(clientId: string, life: number): string {
  return `${clientId} ${life}`;
}

export function clientOf(tab: string): string {
  return tab.replace(/ \d+$/, "");
}

/**
 * What came from another tab of the same origin and version, that is from this very code; whose frames the backend, or
 * the wire's parser, looks at again. Anything else that uses the channel is passed over.
 */
export function readTabMessage(data: unknown): TabMessage | undefined {
  const { type, tab, call, calls } = Object(data);
  const isAddressed = [tab, call].some((id) => typeof id === "string") || Array.isArray(calls);
  return typeof type === "string" && isAddressed ? (data as TabMessage) : undefined;
}
