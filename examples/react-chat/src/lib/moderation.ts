import { httpModeration, type ModerationBackend } from "@tidings/core/moderation";
import { useContext, useMemo } from "react";
import { AuthContext } from "./http-api.ts";

/** The queue of the server this page is from. */
export function useModerationBackend(): ModerationBackend {
  const auth = useContext(AuthContext);
  return useMemo(() => httpModeration({ url: location.origin, auth }), [auth]);
}
