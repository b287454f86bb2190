/** The CDK app of the AppSync backend, with CDK: what it makes is the template that is checked in. */
import { cpSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { installPacked } from "./packed.mjs";
import { runNode } from "./run.mjs";

/** @typedef {import("./run.mjs").RunResult} RunResult */

const BACKEND = "packages/transport-appsync/backend";
const PROJECT = "node_modules/.cache/tidings/cdk";
/** 190 MB: nobody else installs it. */
const DEPENDENCIES = { "aws-cdk-lib": "2.276.0", constructs: "10.8.1" };

/** @returns {Promise<RunResult>} */
export async function tryCdk() {
  const project = resolve(PROJECT);
  rmSync(join(project, "backend"), { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  cpSync(BACKEND, join(project, "backend"), { recursive: true });
  const installed = await installPacked(project, { dependencies: DEPENDENCIES }, []);
  if (installed.code !== 0) return installed;
  const env = { CDK_CONTEXT_JSON: '{"paths":true}', CDK_OUTDIR: join(project, "out") };
  const made = await runNode([join(project, "backend/cdk/app.mjs")], { cwd: project, quiet: true, env });
  if (made.code !== 0) return made;
  const synthesised = JSON.parse(readFileSync(join(project, "out/chat.template.json"), "utf8"));
  const output = differences(read(), normal(synthesised)).join("\n");
  return { code: output === "" ? 0 : 1, output };
}

/** Functions of CloudFormation that take lists: compared by these alone. */
const LISTS = ["If", "Equals", "Not"];

/** The template that is checked in, with functions as CDK writes them. */
function read() {
  const scalarTags = ["Ref", "GetAtt", "Sub"].map((name) => ({
    tag: `!${name}`,
    resolve: (/** @type {string} */ value) => intrinsic(name, value),
  }));
  const listTags = LISTS.map((name) => ({ tag: `!${name}`, collection: /** @type {const} */ ("seq") }));
  return normal(
    parse(readFileSync(`${BACKEND}/template.yaml`, "utf8"), { customTags: [...scalarTags, ...listTags] }),
  );
}

/** @param {string} name @param {unknown} value */
function intrinsic(name, value) {
  if (name === "Ref") return { Ref: value };
  return { [`Fn::${name}`]: name === "GetAtt" && typeof value === "string" ? value.split(".") : value };
}

/** Where one thing may be written in two ways, in one. @param {unknown} value @returns {unknown} */
function normal(value) {
  if (Array.isArray(value)) return value.map(normal);
  if (typeof value !== "object" || value === null) return value;
  const [[only, list] = []] = Object.entries(value);
  if (only !== undefined && LISTS.some((name) => only === `Fn::${name}`)) return normal(list);
  const entries = Object.entries(value).map(([name, inside]) => [
    ...[name, name === "DependsOn" ? [inside].flat() : normal(inside)],
  ]);
  return Object.fromEntries(entries);
}

/** @param {any} one @param {any} other @param {string} [place] @returns {string[]} */
function differences(one, other, place = "") {
  if (isDeepStrictEqual(one, other)) return [];
  const areMaps = [one, other].every((each) => typeof each === "object" && each !== null);
  if (!areMaps)
    return [`${place}: the template has ${JSON.stringify(one)}, CDK makes ${JSON.stringify(other)}`];
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].flatMap((name) => differences(one[name], other[name], `${place}/${name}`));
}
