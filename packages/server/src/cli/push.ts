import type { PushOptions } from "../push/push-options.ts";
import { readList } from "./lists.ts";
import { misused } from "./misused.ts";

type Read = (name: "vapid-public-key" | "push-subject" | "push-origins") => string | undefined;

/** Undefined: nobody is pushed to. */
export function readPush(read: Read, privateKey: string | undefined): PushOptions | undefined {
  const publicKey = read("vapid-public-key");
  const subject = read("push-subject");
  if (publicKey === undefined && privateKey === undefined && subject === undefined) return undefined;
  if (publicKey === undefined || privateKey === undefined || subject === undefined)
    throw misused('pushes need a --push-subject and both keys that "tidings-server vapid" prints');
  const origins = read("push-origins");
  return {
    vapid: { publicKey, privateKey, subject, origins: origins === undefined ? undefined : readList(origins) },
  };
}
