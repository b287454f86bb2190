import { httpApi, type HttpApiOptions } from "../http-api.ts";
import type { ModerationBackend } from "./backend.ts";
import { parseCase, parseCases } from "./parse-case.ts";

export type HttpModerationOptions = HttpApiOptions;

/** The queue of the reference server, over HTTP. `auth` gives the moderator's token. */
export function httpModeration(options: HttpModerationOptions): ModerationBackend {
  const api = httpApi(options);
  const ask = async (method: string, path: string, body?: object): Promise<unknown> =>
    (await api(method, `/v1/moderation/cases${path}`, body)).json().catch(() => undefined);
  return {
    list: async (query) => {
      const fields = Object.entries(query).filter(([, value]) => value !== undefined);
      const search = new URLSearchParams(fields.map(([name, value]) => [name, String(value)]));
      return parseCases(await ask("GET", `?${search.toString()}`));
    },
    read: async (caseId) => parseCase(await ask("GET", `/${encodeURIComponent(caseId)}`)),
    decide: async ({ id, revision }, decision, reason) => {
      const path = `/${encodeURIComponent(id)}/decision`;
      return parseCase(await ask("PUT", path, { decision, revision, ...(reason && { reason }) }));
    },
  };
}
