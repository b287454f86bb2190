import { type FileOptions, s3At } from "../files/file-options.ts";
import { misused } from "./misused.ts";

/** @param where - a folder, an address of a bucket, or "off". */
export function readFiles(
  where: string | undefined,
  url: string | undefined,
  clamd: string | undefined,
): FileOptions | false | undefined {
  if (where === "off") return false;
  if (where === undefined && url === undefined && clamd === undefined) return undefined;
  return { ...placeOf(where), url, clamd };
}

function placeOf(where: string | undefined): FileOptions {
  if (where === undefined || !/^s3(?:\+http)?:/u.test(where)) return { dir: where };
  const s3 = s3At(where);
  if (!s3) throw misused("the address of a bucket is s3://KEY:SECRET@aws/bucket?region=eu-central-1");
  return { s3 };
}
