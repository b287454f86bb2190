import { tokenFor, userOf } from "../messaging.ts";

/** `/token?user=ada`. It could be had by anybody here: a real site looks at the session. */
export async function GET(request: Request): Promise<Response> {
  const user = userOf(new URL(request.url).searchParams.get("user"));
  return new Response(await tokenFor(user), { headers: { "cache-control": "no-store" } });
}
