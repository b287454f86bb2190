import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, it } from "vitest";
import { commandRoutes, otherRoutes, queryRoutes } from "../src/api/routes.ts";
import { createServer } from "../src/index.ts";
import { call } from "./support/api.ts";
import { start } from "./support/start.ts";

interface Operation {
  readonly parameters: readonly { readonly name?: string; readonly $ref?: string }[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: Record<string, { readonly schema: { readonly properties: object } }>;
  };
}

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

async function documentOf(): Promise<{
  readonly document: { readonly openapi: string };
  readonly paths: Paths;
}> {
  const server = await start();
  const { json } = await call(server, "GET /docs/json");
  const document = json as { readonly openapi: string; readonly paths: Paths };
  return { document, paths: document.paths };
}

describe("the OpenAPI document", () => {
  it("is sound", async () => {
    const { document } = await documentOf();
    expect(await new Validator().validate(document)).toEqual({ valid: true });
  });

  it("holds every route, with what the wire's schemas say goes in", async () => {
    const { paths } = await documentOf();
    const all = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const routes = [commandRoutes, queryRoutes, otherRoutes].flatMap((table) => Object.values(table));
    expect(all.sort()).toEqual(
      routes
        .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, "{$1}")}`)
        .sort(),
    );
    const send = paths["/v1/conversations/{conversationId}/messages"]?.["post"];
    const body = send?.requestBody?.content["application/json"]?.schema;
    expect(Object.keys(body?.properties ?? {})).toEqual([
      "at",
      "kind",
      "content",
      "custom",
      "replyTo",
      "threadId",
      "forward",
    ]);
    expect(body).toMatchObject({ required: ["kind", "content"] });
    const page = paths["/v1/conversations/{conversationId}/messages"]?.["get"];
    expect(page?.parameters.flatMap(({ name }) => name ?? [])).toEqual([
      "conversationId",
      "before",
      "after",
      "around",
      "at",
      "limit",
    ]);
  });
});

describe("/docs", () => {
  it("is made of this server's own files", async () => {
    const server = await start();
    const page = await call(server, "GET /docs");
    expect(page.status).toBe(200);
    const parts = [...page.text.matchAll(/(?:src|href)="([^"]+)"/gu)].flatMap(([, part]) => part ?? []);
    expect(parts.length).toBeGreaterThan(3);
    for (const part of parts) expect(part).toMatch(/^\.?\/(?!\/)/u);
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)/u);
  });

  it("and the API are not there where they are not wanted", async () => {
    const server = await createServer({ port: 0, api: false });
    for (const line of ["GET /docs", "GET /docs/json", "GET /v1/conversations"])
      expect(await call(server, line)).toMatchObject({ status: 404, json: { code: "command/unsupported" } });
    await server.close();
  });
});
