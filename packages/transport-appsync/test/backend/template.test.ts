import { existsSync, readdirSync, readFileSync } from "node:fs";
import plugin from "@aws-appsync/eslint-plugin";
import { ESLint, type Linter } from "eslint";
import { buildSchema } from "graphql";
import { describe, expect, it } from "vitest";
import { strangersIn } from "../dynamo/cloud-formation.ts";
import { BACKEND, resolversOf, template } from "./template.ts";

const read = (path: string): string => readFileSync(new URL(path, BACKEND), "utf8");
const codes = readdirSync(new URL("resolvers/", BACKEND)).map((name) => `resolvers/${name}`);

const { rules }: { readonly rules: Linter.RulesRecord } = Object(plugin.configs).base;

const linter = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [{ files: ["**/*.js"], plugins: { "@aws-appsync": plugin }, rules }],
});

const messagesOf = async (code: string): Promise<readonly unknown[]> =>
  (await linter.lintText(code, { filePath: "x.js" })).flatMap(({ messages }) =>
    messages.map(({ ruleId, line }) => `${line}: ${ruleId}`),
  );

describe("the template", () => {
  it("attaches a resolver to each field of the schema, and no other", () => {
    const schema = buildSchema(
      `scalar AWSJSON directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION ${read("schema.graphql")}`,
    );
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const fields = roots.flatMap((type) =>
      Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name}.${field}`),
    );
    expect(
      resolversOf()
        .map(({ type, field }) => `${type}.${field}`)
        .sort(),
    ).toEqual(fields.sort());
  });

  it("names code that is there, data sources, and nothing that it does not hold", () => {
    const resolvers = resolversOf();
    expect([...new Set(resolvers.map(({ code }) => code))].sort()).toEqual(codes.sort());
    for (const { source } of resolvers)
      expect(template.Resources[source]?.Type).toBe("AWS::AppSync::DataSource");
    expect(strangersIn(template)).toEqual([]);
    expect(
      existsSync(new URL(String(template.Resources["Schema"]?.Properties["DefinitionS3Location"]), BACKEND)),
    ).toBe(true);
  });

  it("gives the function each variable it reads", () => {
    const { Variables } = Object(template.Resources["Function"]?.Properties["Environment"]);
    const asked = [...read("function.js").matchAll(/env\.(\w+)/g)].map(([, name = ""]) => name);
    const own = asked.filter((name) => !name.startsWith("AWS_"));
    expect(Object.keys(Variables).sort()).toEqual([...new Set(own)].sort());
  });
});

describe("the resolvers", () => {
  it.each(codes)("are what AppSync's JavaScript can do: %s", async (code) => {
    expect(await messagesOf(read(code))).toEqual([]);
  });

  it("are held to it by AWS's own rules", async () => {
    expect(await messagesOf("export async function request() { for (;;) {} }")).not.toEqual([]);
  });
});
