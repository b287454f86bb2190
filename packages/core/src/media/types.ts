import type { UploadAbout } from "../uploads/types.ts";

/** A file as it may be sent, and what is known of it: both for `uploads.add`. */
export interface Prepared {
  readonly file: Blob;
  readonly about: UploadAbout;
  /** It may say where and when it was taken, and with what: it could not be freed of that. */
  readonly keepsMetadata?: true;
}

export interface ImageOptions {
  /** The longer side is at most so many pixels. Default 2 560; `Infinity` leaves it as it is. */
  readonly most?: number;
  /** Of what is compressed, 0 to 1. Default 0.85. */
  readonly quality?: number;
  /** An image of fewer bytes that is small enough is not compressed again, only freed of metadata. Default 1 MiB. */
  readonly leaveBelowBytes?: number;
  /** The longer side of the thumbnail. Default 320. */
  readonly thumbnail?: number;
  /**
   * An image that can be neither decoded here nor freed of metadata, as a TIFF in most browsers: `"refuse"` rejects with
   * `upload/unsupported`, `"send"` makes a file of it that `keepsMetadata`, for an app that has asked. Default `"refuse"`.
   */
  readonly unreadable?: "refuse" | "send";
}

export interface VideoOptions {
  /**
   * A film that cannot be freed of metadata, as an AVI: `"refuse"` rejects with `upload/unsupported`, `"send"` sends it as it
   * is, and it `keepsMetadata`, for an app that has asked. Default `"refuse"`.
   */
  readonly unreadable?: "refuse" | "send";
}

/** An image that was decoded, the right side up. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  close(): void;
}

/** What the platform does with pictures. */
export interface Canvas<P extends Picture = Picture> {
  /** Rejects for what is no picture. */
  decode(image: Blob): Promise<P>;
  encode(picture: P, size: Size, type: string, quality: number): Promise<Blob>;
  /** RGBA, row by row. */
  pixels(picture: P, size: Size): Uint8ClampedArray;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}
