/** `@tidings/core/previews`: what links in messages lead to. Only those who import it ship it. */
export type { LinkPreview } from "../../protocol/previews.ts";
export { openPreview, type PreviewView } from "./open-preview.ts";
