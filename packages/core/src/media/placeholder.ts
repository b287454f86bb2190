import { rgbaToThumbHash, thumbHashToDataURL } from "thumbhash";

/** What to show until there is more, from a picture of at most 100 by 100 pixels: about 25 bytes, in base64. */
export function placeholderOf(width: number, height: number, rgba: ArrayLike<number>): string {
  return btoa(String.fromCharCode(...rgbaToThumbHash(width, height, rgba)));
}

/** A placeholder as the address of a tiny image; `undefined` for what is none, whoever said it. */
export function placeholderUrl(placeholder: string | undefined): string | undefined {
  if (placeholder === undefined) return undefined;
  try {
    return thumbHashToDataURL(Uint8Array.from(atob(placeholder), (sign) => sign.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
