import type { Client, CustomOf, CustomSchemas, JsonCustom } from "@tidings/core";

/**
 * Say once which client the app has, and every hook knows the types of its schema:
 *
 * ```ts fragment
 * declare module "@tidings/react" {
 *   interface Register {
 *     client: typeof client;
 *   }
 * }
 * ```
 */
export interface Register {}

/** The schemas of the app's client; JSON where none is registered. */
export type AppSchemas = Register extends { readonly client: Client<infer Schemas extends CustomSchemas> }
  ? Schemas
  : JsonCustom;

export type AppClient = Client<AppSchemas>;

/** `custom` of a message, as the hooks give it. */
export type AppCustom = CustomOf<AppSchemas, "message">;
