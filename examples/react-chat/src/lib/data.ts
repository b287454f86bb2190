import type { MessageItem, TimelineItem, TimelineItems } from "@tidings/core";
import type { MessageRecord } from "@tidings/core/protocol";
import * as z from "zod/mini";

z.config({ jitless: true }); // the page may not make code out of text, and need not

/**
 * What this app keeps beside a message: a picture. Whoever sends decides what stands there, so it is looked at closely;
 * the size comes with it, so that the page does not move when the picture arrives.
 */
export const schema = {
  message: z.object({
    picture: z.object({
      src: z.string().check(z.regex(/^\/[\w./-]+$/)),
      width: z.number().check(z.positive()),
      height: z.number().check(z.positive()),
    }),
  }),
};

export type AppSchemas = typeof schema;
export type Custom = z.infer<typeof schema.message>;

/** What the hooks give, for the props of components. */
export type Message = MessageRecord<Custom>;
export type Item = MessageItem<Custom>;
export type AnyItem = TimelineItem<Custom>;
export type Items = TimelineItems<Custom>;
