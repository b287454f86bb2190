import { createServer, type TidingsServer } from "@tidings/server";
import { renderToString } from "react-dom/server";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import Page from "../app/page.tsx";
import { GET } from "../app/token/route.ts";
import { connect, say } from "./say.ts";

/** What Next makes of it, built and in a browser: `npm run check -- build pack next`. */
const secret = "thirty-two bytes of secret, or more";
let server: TidingsServer;

beforeAll(async () => {
  server = await createServer({ port: 0, secret, issueTokens: true });
  vi.stubEnv("TIDINGS_SECRET", secret);
  vi.stubEnv("MESSAGING_URL", server.url);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
});

const htmlFor = async (user: string): Promise<string> =>
  renderToString(await Page({ searchParams: Promise.resolve({ user }) }));

it("shows what was said, before there is any browser", async () => {
  await htmlFor("ada"); // she is in the room from now on
  const ben = await connect(server.url, await server.issueToken("ben"));
  await say(ben, "hello ada");
  await ben.close();
  expect((await htmlFor("ada")).replaceAll(/<!--.*?-->/g, "")).toContain("<b>ben</b> hello ada");
});

it("gives a token with which the browser opens its link", async () => {
  const token = await (await GET(new Request("http://localhost/token?user=cleo"))).text();
  const cleo = await connect(server.url, token);
  expect(cleo.userId.get()).toBe("cleo");
  await cleo.close();
});

it("comes without its past rather than not at all, while messaging is away", async () => {
  vi.stubEnv("MESSAGING_URL", "ws://127.0.0.1:1");
  expect(await htmlFor("ada")).toContain("<h1>general</h1>");
});
