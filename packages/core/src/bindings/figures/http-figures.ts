import { httpApi, type HttpApiOptions } from "../http-api.ts";
import type { FiguresBackend, FiguresQuery } from "./backend.ts";
import { parseFigures } from "./parse-figures.ts";

/** The figures of the reference server, over HTTP. `auth` gives the token of somebody who moderates the conversation. */
export function httpFigures(options: HttpApiOptions): FiguresBackend {
  const api = httpApi(options);
  const ask = (query: FiguresQuery, format: "json" | "csv"): Promise<Response> => {
    const { conversationId, since, until, offsetMinutes = 0 } = query;
    const fields = new URLSearchParams({
      ...{ since: String(since), until: String(until), offsetMinutes: String(offsetMinutes), format },
    });
    return api("GET", `/v1/conversations/${encodeURIComponent(conversationId)}/figures?${fields.toString()}`);
  };
  return {
    of: async (query) => parseFigures(await (await ask(query, "json")).json().catch(() => undefined)),
    csv: async (query) => (await ask(query, "csv")).blob(),
  };
}
