import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type GuardedFetch, guardedFetch, type Wanted } from "../../src/previews/guarded-fetch.ts";
import { openSite, redirect, type WebSite } from "../support/web-site.ts";

const page: Wanted = {
  accept: "text/html",
  types: /^text\/html$/u,
  mostBytes: 64 * 1_024,
  isBeginningEnough: true,
};
const picture: Wanted = { ...page, types: /^image\//u, isBeginningEnough: false };
const head = { "content-type": "text/html" };

/** Where strangers may be asked in these tests: another address of this machine's loopback. */
const OUTSIDE = "127.0.0.2";

describe("whoever strangers name", () => {
  let outside: WebSite;
  let inside: readonly WebSite[];
  let fetch: GuardedFetch;
  let port: number;
  /** What names resolve to, one answer after the other; the last one stays. */
  const names = new Map<string, readonly LookupAddress[][]>();
  let lookups: string[];

  const lookup: LookupFunction = (name, options, done) => {
    const asked = lookups.filter((each) => each === name).length;
    lookups.push(name);
    const answers = names.get(name) ?? [];
    const answer = answers[Math.min(asked, answers.length - 1)];
    const [first] = answer ?? [];
    if (!answer || !first) done(Object.assign(new Error(`no ${name}`), { code: "ENOTFOUND" }), "", 4);
    else if (options.all) done(null, answer);
    else done(null, first.address, first.family);
  };
  const named = (name: string, ...answers: readonly string[][]): void => {
    const of = (address: string): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 });
    names.set(
      name,
      answers.map((addresses) => addresses.map(of)),
    );
  };

  beforeAll(async () => {
    outside = await openSite(OUTSIDE);
    port = outside.port;
    inside = [await openSite("127.0.0.1", port), await openSite("::1", port)];
    for (const site of [outside, ...inside])
      site.pages.set("/", (response) => response.writeHead(200, head).end("<title>secret</title>"));
    fetch = guardedFetch({ addresses: [OUTSIDE], ports: [port], timeoutMs: 2_000, lookup });
    lookups = [];
  });
  afterAll(async () => {
    fetch.close();
    await Promise.all([outside, ...inside].map((site) => site.close()));
  });
  const reached = (): number => inside.reduce((sum, { connections }) => sum + connections, 0);

  it("is asked, with nothing that says who asks", async () => {
    const found = await fetch.get(`http://${OUTSIDE}:${port}/`, page);
    expect(found).toMatchObject({ ok: true, body: Buffer.from("<title>secret</title>") });
    const { headers } = outside.requests.at(-1) ?? {};
    expect(Object.keys(headers ?? {}).sort()).toEqual([
      ...["accept", "accept-encoding", "connection", "host", "user-agent"],
    ]);
  });

  const spellings: readonly string[] = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0x0.0x0.0x1",
    "0X7F.1",
    "017700000001",
    "0177.0.0.01",
    "0177.1",
    "127.0.0.1.",
    "127.00000.00000.0001",
    "127.255.255.254",
    "0",
    "0.0.0.0",
    "0x0",
    "%31%32%37.0.0.1",
    "127。0。0。1",
    "127．0．0．1",
    "１２７.０.０.１",
    "①②⑦.⓪.⓪.①",
    "127.0.0.1\t",
    "12\n7.0.0.1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[0000::0001]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[::1%25lo]",
    "[fe80::1%25eth0]",
    "[fe80::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "[::ffff:169.254.169.254]",
    "169.254.170.2",
    "100.100.100.200",
    "192.0.0.192",
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
  ];
  it.each(spellings)("[D8] is not asked inside, as %j", async (host) => {
    const found = await fetch.get(`http://${host}:${port}/`, page);
    expect(found).toEqual({ ok: false, reason: "address" });
    expect(reached()).toBe(0);
  });

  const internal: readonly (readonly [string, ...string[]])[] = [
    ["localhost", "127.0.0.1"],
    ["LOCALHOST", "127.0.0.1"],
    ["localhost.", "::1"],
    ["ip6-localhost", "::1"],
    ["anything.localhost", "127.0.0.1"],
    ["localhost.localdomain", "127.0.0.1"],
    ["lvh.example", "127.0.0.1"],
    ["127.0.0.1.nip.example", "127.0.0.1"],
    ["metadata.google.internal", "169.254.169.254"],
    ["instance-data", "169.254.169.254"],
    ["kubernetes.default.svc", "10.96.0.1"],
    ["redis", "172.18.0.3"],
    ["mapped.example", "::ffff:127.0.0.1"],
    ["compatible.example", "::7f00:1"],
    ["six-to-four.example", "2002:7f00:1::"],
    ["nat64.example", "64:ff9b::7f00:1"],
    ["xn--lcalhost-n4a.example", "127.0.0.1"],
    ["both.example", OUTSIDE, "127.0.0.1"],
    ["both-six.example", OUTSIDE, "::1"],
  ];
  it.each(internal)("[D8] is not asked where the name %j leads inside", async (name, ...addresses) => {
    named(name.toLowerCase(), addresses);
    const found = await fetch.get(`http://${name}:${port}/`, page);
    expect(found).toEqual({ ok: false, reason: "address" });
    expect(reached()).toBe(0);
  });

  it.each([301, 302, 303, 307, 308])("[D8] is not followed inside, by a redirect with %i", async (status) => {
    named("front.example", [OUTSIDE]);
    named("back.example", ["127.0.0.1"]);
    const targets = [
      `http://127.0.0.1:${port}/`,
      `//127.0.0.1:${port}/`,
      `http://[::1]:${port}/`,
      `http://2130706433:${port}/`,
      `\\\\127.0.0.1:${port}\\`,
      `http://back.example:${port}/`,
      `https://127.0.0.1:${port}/`,
      `http://me:secret@127.0.0.1:${port}/`,
      `http://${OUTSIDE}:${port}/to-inside`,
    ];
    outside.pages.set("/to-inside", redirect(`http://127.0.0.1:${port}/`));
    for (const target of targets) {
      outside.pages.set("/away", redirect(target, status));
      const found = await fetch.get(`http://front.example:${port}/away`, page);
      expect([target, found]).toEqual([target, { ok: false, reason: "address" }]);
    }
    expect(reached()).toBe(0);
  });

  it("[D8] is asked at the address that was looked at, though the name leads elsewhere a moment later", async () => {
    named("rebinding.example", [OUTSIDE], ["127.0.0.1"]);
    lookups = [];
    outside.pages.set("/again", redirect(`http://rebinding.example:${port}/`));
    const found = await fetch.get(`http://rebinding.example:${port}/again`, page);
    expect(found).toEqual({ ok: false, reason: "address" });
    expect(lookups).toEqual(["rebinding.example", "rebinding.example"]); // once for each connection
    expect(outside.paths.at(-1)).toBe("/again");
    expect(reached()).toBe(0);
  });

  it("is no other scheme, no other port, and nobody with a password", async () => {
    const { connections } = outside;
    const others = [
      `file:///etc/passwd`,
      `ftp://${OUTSIDE}:${port}/`,
      `gopher://${OUTSIDE}:${port}/_INFO`,
      `data:text/html,<title>hi</title>`,
      `javascript:alert(1)`,
      `ws://${OUTSIDE}:${port}/`,
      `blob:http://${OUTSIDE}:${port}/`,
      `http://me@${OUTSIDE}:${port}/`,
      `http://me:secret@${OUTSIDE}:${port}/`,
      `http://${OUTSIDE}:22/`,
      `http://${OUTSIDE}:6379/`,
      `http://${OUTSIDE}/`,
      `http://${OUTSIDE}:${port}/${"a".repeat(2_048)}`,
      `//${OUTSIDE}:${port}/`,
      "http://",
      "",
    ];
    for (const address of others)
      expect([address, await fetch.get(address, page)]).toEqual([address, { ok: false, reason: "address" }]);
    expect(outside.connections).toBe(connections);
  });

  it("is followed three times, and no further", async () => {
    for (let n = 1; n <= 4; n += 1) outside.pages.set(`/${n}`, redirect(`/${n - 1 || ""}`));
    expect(await fetch.get(`http://${OUTSIDE}:${port}/3`, page)).toMatchObject({ ok: true });
    outside.paths.length = 0;
    outside.pages.set("/loop", redirect("/loop"));
    for (const path of ["/4", "/loop"])
      expect(await fetch.get(`http://${OUTSIDE}:${port}${path}`, page)).toEqual({
        ...{ ok: false, reason: "redirects" },
      });
    expect(outside.paths).toEqual(["/4", "/3", "/2", "/1", "/loop", "/loop", "/loop", "/loop"]);
  });

  it("may be in a network of one's own that is let in, of either family, and the log says nothing of it", async () => {
    const warned = vi.spyOn(console, "warn");
    const addresses = [`${OUTSIDE}/32`, "fd00::/8"];
    const own = guardedFetch({ addresses, ports: [port], timeoutMs: 2_000, lookup });
    const met = reached();
    named("in.example", [OUTSIDE]);
    named("six.example", ["::1"]);
    for (const host of [OUTSIDE, "in.example"])
      expect(await own.get(`http://${host}:${port}/`, page)).toMatchObject({ ok: true });
    for (const host of ["127.0.0.1", "[::1]", "six.example"])
      expect(await own.get(`http://${host}:${port}/`, page)).toEqual({ ok: false, reason: "address" });
    own.close();
    expect([reached() - met, warned.mock.calls]).toEqual([0, []]);
  });

  describe("and does not behave", () => {
    const get = async (wanted: Wanted = page, timeoutMs = 2_000) => {
      const own = guardedFetch({ addresses: [OUTSIDE], ports: [port], timeoutMs });
      const found = await own.get(`http://${OUTSIDE}:${port}/odd`, wanted);
      own.close();
      return found;
    };
    const odd = (answer: Parameters<WebSite["pages"]["set"]>[1]): void =>
      void outside.pages.set("/odd", answer);
    const closed = (response: { on(event: "close", listener: () => void): unknown }): Promise<void> =>
      new Promise((resolve) => void response.on("close", resolve));

    it("is left in the middle of a body without end", async () => {
      let over: Promise<void> | undefined;
      odd((response) => {
        over = closed(response);
        response.writeHead(200, head);
        const more = (): void => {
          while (!response.destroyed && response.write("x".repeat(16_384)));
        };
        response.on("drain", more);
        more();
      });
      const found = await get();
      expect(found.ok && found.body.length).toBe(page.mostBytes);
      await over;
      expect(await get({ ...picture, types: page.types })).toEqual({ ok: false, reason: "size" });
    });

    it("unpacks no more than anybody wants", async () => {
      const bomb = gzipSync(Buffer.alloc(8 * 1_024 * 1_024));
      odd((response) => response.writeHead(200, { ...head, "content-encoding": "gzip" }).end(bomb));
      const found = await get();
      expect(found.ok && found.body.length).toBe(page.mostBytes);
      expect(await get({ ...picture, types: page.types })).toEqual({ ok: false, reason: "size" });
    });

    it("is not waited for, whether it says nothing, half a head or a letter now and then", async () => {
      odd(() => {});
      expect(await get(page, 150)).toEqual({ ok: false, reason: "time" });
      odd((response) => void response.socket?.write("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx-"));
      expect(await get(page, 150)).toEqual({ ok: false, reason: "time" });
      odd((response) => {
        response.writeHead(200, head);
        const drip = setInterval(() => response.write("<"), 20);
        response.on("close", () => clearInterval(drip));
      });
      expect(await get(page, 150)).toEqual({ ok: false, reason: "time" });
    });

    it("is told apart by what it says of what it sends", async () => {
      const answers: readonly (readonly [number, Record<string, string>, string])[] = [
        [404, head, "status"],
        [204, head, "status"],
        [206, head, "status"],
        [302, head, "status"],
        [304, head, "status"],
        [500, head, "status"],
        [200, {}, "type"],
        [200, { "content-type": "application/pdf" }, "type"],
        [200, { "content-type": "text/htmlx" }, "type"],
        [200, { ...head, "content-encoding": "br" }, "type"],
        [200, { ...head, "content-encoding": "gzip" }, "unreachable"], // it is not
      ];
      for (const [status, headers, reason] of answers) {
        odd((response) => response.writeHead(status, headers).end(status < 300 ? "hi" : undefined));
        expect([status, headers, await get()]).toEqual([status, headers, { ok: false, reason }]);
      }
      odd((response) =>
        response.writeHead(200, { "content-type": "image/png", "content-length": "99999999" }).flushHeaders(),
      );
      expect(await get(picture)).toEqual({ ok: false, reason: "size" });
    });

    it("breaks off, or says what is no HTTP", async () => {
      odd((response) => {
        response.writeHead(200, { ...head, "content-length": "100" }).write("<title>");
        response.socket?.end();
      });
      expect(await get()).toEqual({ ok: false, reason: "unreachable" });
      odd((response) => void response.socket?.end("SSH-2.0-OpenSSH_9.9\r\n"));
      expect(await get()).toEqual({ ok: false, reason: "unreachable" });
      odd((response) => void response.socket?.end(`HTTP/1.1 200 OK\r\nx: ${"x".repeat(20_000)}\r\n\r\n`));
      expect(await get()).toEqual({ ok: false, reason: "unreachable" });
      odd(
        (response) =>
          void response.socket?.write("HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
      );
      expect((await get(page, 500)).ok).toBe(false);
    });
  });

  it("is not asked any more once the server closes, which says nothing of the page", async () => {
    const closing = guardedFetch({ addresses: [OUTSIDE], ports: [port], timeoutMs: 5_000, lookup });
    const before = closing.get(`http://${OUTSIDE}:${port}/slow`, page);
    closing.close();
    const closed = { ok: false, reason: "closed" };
    expect(await Promise.all([before, closing.get(`http://${OUTSIDE}:${port}/`, page)])).toEqual([
      closed,
      closed,
    ]);
  });
});
