/** Which page of a list; `after` is the `next` of the page before, opaque to the client. */
export interface Paged {
  readonly after?: string;
  readonly limit: number;
}

export interface Within {
  readonly conversationId: string;
}

/**
 * The reader's own reactions and votes that the records' few names do not show: message id to emoji, and to options of a
 * poll as `optionMark` names them.
 */
export type OwnReactions = { readonly [messageId: string]: readonly string[] };
