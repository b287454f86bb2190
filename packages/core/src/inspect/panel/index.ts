/** `@tidings/core/inspect/panel`: what an inspected client does, to be looked at in a page. */
export type { Inspected } from "./card.ts";
export { type Inspector, type InspectorOptions, mountInspector } from "./mount-inspector.ts";
