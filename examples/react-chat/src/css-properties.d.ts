import "react";

declare module "react" {
  interface CSSProperties {
    /** Degrees, for colours made from an id. */
    readonly "--hue"?: number;
  }
}
