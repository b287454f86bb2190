import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createKeyRing, createServiceKey, isServiceKey } from "./service-keys.ts";

describe("service keys", () => {
  it("are long, random, and known to the server by their hash alone", () => {
    const [one, other] = [createServiceKey(), createServiceKey()];
    expect(one.key).toMatch(/^tsk_[\w-]{43}$/u);
    expect(isServiceKey(one.key)).toBe(true);
    expect(isServiceKey("eyJhbGciOiJIUzI1NiJ9.e30.x")).toBe(false);
    expect(one.key).not.toBe(other.key);
    expect(one.hash).toBe(createHash("sha256").update(one.key).digest("hex"));
  });

  it("are told apart, and from anything else", () => {
    const made = ["a", "b", "c"].map((name) => ({ name, ...createServiceKey(), scopes: [] }));
    const find = createKeyRing(made.map(({ name, hash, scopes }) => ({ name, hash, scopes })));
    for (const { name, key, hash } of made) {
      expect(find(key)?.name).toBe(name);
      for (const wrong of [hash, key.toLowerCase(), `${key} `, key.slice(1), ""])
        expect(find(wrong)).toBeUndefined();
    }
    expect(createKeyRing([])(made[0]?.key ?? "")).toBeUndefined();
  });
});
