import { SCOPES, type Scope } from "../auth/scopes.ts";
import type { ServiceKey } from "../auth/service-keys.ts";
import { readList } from "./lists.ts";
import { misused } from "./misused.ts";

/** `pro=5,trial=0.5` */
export function readTiers(text: string): Readonly<Record<string, number>> {
  return Object.fromEntries(
    readList(text).map((part) => {
      const [, name, factor] = /^([^=]+)=(\d+(?:\.\d+)?)$/u.exec(part) ?? [];
      if (name === undefined) throw misused(`"${part}" is not a tier such as pro=5`);
      return [name, Number(factor)];
    }),
  );
}

/** `support=act+erase,auditor=erase` */
export function readRoles(text: string): Readonly<Record<string, readonly Scope[]>> {
  return Object.fromEntries(
    readList(text).map((part) => {
      const [, name, scopes] = /^([^=]+)=(.+)$/u.exec(part) ?? [];
      if (name === undefined || scopes === undefined)
        throw misused(`"${part}" is not a role such as support=act`);
      return [name, readScopes(scopes)];
    }),
  );
}

/** `name:act+system:hash,…`, as `tidings-server key` prints it. The hash opens nothing, so it may lie in a file. */
export function readServiceKeys(text: string): readonly ServiceKey[] {
  return readList(text).map((part) => {
    const [, name, scopes, hash] = /^([^:]+):([^:]*):([^:]+)$/u.exec(part) ?? [];
    if (name === undefined || scopes === undefined || hash === undefined)
      throw misused('a service key is not as "tidings-server key" prints it, name:scopes:hash');
    return { name, hash, scopes: readScopes(scopes) };
  });
}

/** What `readServiceKeys` reads. */
export function writeServiceKey({ name, scopes, hash }: ServiceKey): string {
  return `${name}:${scopes.join("+")}:${hash}`;
}

/** `act+system` */
export function readScopes(text: string): readonly Scope[] {
  return text
    .split("+")
    .filter((name) => name !== "")
    .map((name) => {
      const scope = SCOPES.find((each) => each === name);
      if (!scope) throw misused(`"${name}" is not a scope; they are ${SCOPES.join(", ")}`);
      return scope;
    });
}
