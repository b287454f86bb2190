import { existsSync, readFileSync } from "node:fs";
import { validate } from "dockerfile-utils";
import { describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { faultsOf } from "../deploy/kubernetes.ts";

const read = (name: string): string => readFileSync(`deploy/${name}`, "utf8");

/** What settings a file names, commented out or not. */
const named = (text: string): ReadonlySet<string> =>
  new Set([...text.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = ""]) => name));

describe("deploy/.env.example", () => {
  const example = named(read(".env.example"));

  it("explains every setting of the server, and none it does not have", () => {
    const help = readFileSync("packages/server/src/cli/help.ts", "utf8");
    const settings = new Set(help.match(/\b(?:TIDINGS_[A-Z0-9_]+|DATABASE_URL|REDIS_URL)\b/g));
    const ofCompose = ["PUBLIC_PORT", "POSTGRES_PASSWORD", "GRAFANA_PASSWORD"];
    expect([...example].toSorted()).toEqual([...settings, ...ofCompose].toSorted());
  });

  it("has no value for a secret, and leaves no line without a word before it", () => {
    expect(read(".env.example")).toMatch(/^TIDINGS_SECRET=$/m);
    expect(read(".env.example")).toMatch(/^POSTGRES_PASSWORD=$/m);
    const lines = read(".env.example").split("\n");
    const isSetting = (line = ""): boolean => /^#?[A-Z][A-Z0-9_]+=/.test(line);
    const unexplained = lines.filter((line, index) => {
      const before = lines.slice(0, index).findLast((earlier) => !isSetting(earlier));
      return isSetting(line) && !before?.startsWith("# ");
    });
    expect(unexplained).toEqual([]);
  });
});

describe("deploy/Dockerfile", () => {
  const lines = read("Dockerfile").replaceAll("\\\n", " ").split("\n");
  const all = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

  it("has nothing in it that a linter minds", () => {
    const minded = (text: string): readonly string[] =>
      validate(text).map(({ message }) => (typeof message === "string" ? message : message.value));
    expect(minded(read("Dockerfile"))).toEqual([]);
    const spoilt = read("Dockerfile").replace("--interval=10s", "--intervall=10s").replace(" 9464", " 94b4");
    expect(minded(spoilt)).toEqual([expect.stringContaining("94b4"), expect.stringContaining("intervall")]);
  });

  it("copies what is there", () => {
    const sources = all("COPY")
      .filter((line) => !line.startsWith("--from"))
      .flatMap((line) => line.split(" ").slice(0, -1));
    expect(sources.length).toBeGreaterThan(5);
    expect(sources.filter((source) => !existsSync(source))).toEqual([]);
  });

  it("builds in one stage and runs in another, not as root, and starts Node itself", () => {
    expect(all("FROM")).toEqual(["node:20-bookworm-slim AS build", "node:20-bookworm-slim"]);
    expect(all("USER")).toEqual(["node"]);
    expect(lines.findIndex((line) => line.startsWith("USER"))).toBeLessThan(
      lines.findIndex((line) => line.startsWith("ENTRYPOINT")),
    );
    expect(all("ENTRYPOINT")).toEqual(['["node", "/app/dist/cli.js"]']);
    expect(all("HEALTHCHECK")).toEqual([expect.stringContaining("/health/live")]);
  });

  it("listens where it is said to, and installs with the workspace's own pnpm", () => {
    const { bin } = JSON.parse(readFileSync("packages/server/package.json", "utf8"));
    const { packageManager } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(bin).toEqual({ "tidings-server": "./dist/cli.js" });
    expect(all("ENV").join(" ")).toContain("TIDINGS_PORT=8787");
    expect(all("EXPOSE")).toEqual(["8787 9464"]);
    const [version = ""] = String(packageManager).split("+");
    expect(
      all("RUN")
        .join(" ")
        .match(/pnpm@[\d.]+/g),
    ).toEqual([version, version, version]);
  });
});

interface Service {
  readonly image: string;
  readonly healthcheck?: object;
  readonly depends_on?: Readonly<Record<string, object>>;
  readonly networks: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly deploy?: { readonly resources?: { readonly limits?: { cpus?: string; memory?: string } } };
}

describe("deploy/compose.yaml", () => {
  const compose: {
    readonly services: Readonly<Record<string, Service>>;
    readonly networks: object;
    readonly volumes: object;
  } = parse(read("compose.yaml"), { merge: true });
  const services = Object.entries(compose.services);

  it("has the parts, each bounded, each asked for its health, and the balancer knows the nodes", () => {
    const names = services.map(([name]) => name);
    expect(names).toEqual([
      ...["nginx", "migrate", "server-1", "server-2", "postgres", "redis", "prometheus", "grafana"],
    ]);
    const lasting = services.filter(([name]) => name !== "migrate");
    const unbounded = lasting.filter(([, { deploy }]) => !deploy?.resources?.limits?.memory);
    expect(unbounded.map(([name]) => name)).toEqual([]);
    // The image of the server brings its own check.
    const unasked = lasting.filter(
      ([, { healthcheck, image }]) => !healthcheck && image !== "tidings-server",
    );
    expect(unasked.map(([name]) => name)).toEqual([]);
    const upstreams = [...read("nginx/nginx.conf").matchAll(/^\s+server (\S+):8787/gm)].map(
      ([, name]) => name,
    );
    const nodes = names.filter((name) => name.startsWith("server-"));
    expect(upstreams).toEqual([...nodes, ...nodes]); // for WebSockets, and for links over HTTP
  });

  it("names only what there is: services, networks, volumes, files and settings", () => {
    for (const [, { depends_on = {}, networks, volumes = [] }] of services) {
      for (const other of Object.keys(depends_on)) expect(compose.services).toHaveProperty([other]);
      for (const network of networks) expect(compose.networks).toHaveProperty([network]);
      for (const [source = ""] of volumes.map((volume) => volume.split(":"))) {
        if (!source.startsWith(".")) expect(compose.volumes).toHaveProperty([source]);
        else expect([source, existsSync(`deploy/${source}`)]).toEqual([source, true]);
      }
    }
    const example = named(read(".env.example"));
    const used = [...read("compose.yaml").matchAll(/\$\{([A-Z_]+)/g)].map(([, name = ""]) => name);
    expect(used.filter((name) => !example.has(name))).toEqual([]);
  });

  it("shows the world nothing but nginx", () => {
    const published = services.filter(([, service]) => "ports" in service).map(([name]) => name);
    expect(published).toEqual(["nginx", "grafana"]);
    expect(read("compose.yaml")).toContain('"127.0.0.1:3000:3000"');
  });
});

interface Rule {
  readonly to?: readonly object[];
  readonly ports: readonly { readonly protocol: string; readonly port: number }[];
}

describe("deploy/kubernetes", () => {
  const documents = parseAllDocuments(read("kubernetes/tidings.yaml"));
  const objects = documents.map((document) => document.toJS());
  const one = (kind: string) => objects.find((object) => object.kind === kind);

  it("has what the guide says", () => {
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    expect(objects.map(({ kind }) => kind)).toEqual([
      ...["ConfigMap", "ServiceAccount", "Deployment", "Service", "HorizontalPodAutoscaler"],
      ...["PodDisruptionBudget", "NetworkPolicy", "Ingress", "Ingress"],
    ]);
    for (const { apiVersion, metadata } of objects) {
      expect(apiVersion).toMatch(/^(?:v1|apps\/v1|autoscaling\/v2|policy\/v1|networking\.k8s\.io\/v1)$/);
      expect(metadata.name).toMatch(/^tidings(?:-links)?$/);
    }
  });

  it("is as the schemas that Kubernetes publishes have it, and has no field that they do not", () => {
    expect(objects.flatMap(faultsOf)).toEqual([]);
    const withIn = (kind: string, path: string, value?: unknown): readonly string[] => {
      const document = documents.find((each) => each.get("kind") === kind)?.clone();
      const keys = path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
      if (value === undefined) document?.deleteIn(keys);
      else document?.setIn(keys, value);
      return faultsOf(document?.toJS());
    };
    expect(withIn("Deployment", "spec.template.spec.containers.0.readynessProbe", "x")).toEqual([
      "Deployment: nothing is known of /spec/template/spec/containers/0/readynessProbe",
    ]);
    for (const [kind, path, value] of [
      ["Deployment", "spec.selector", undefined],
      ["NetworkPolicy", "spec.egress.0.ports.0.protocol", "udp"],
      ["HorizontalPodAutoscaler", "spec.minReplicas", "three"],
    ] as const)
      expect(withIn(kind, path, value)).toEqual([expect.stringContaining(path.split(".").at(-1) ?? "")]);
    const future = { apiVersion: "apps/v2", kind: "Deployment" };
    expect(faultsOf(future)).toEqual(["there is no Deployment of apps/v2"]);
  });

  it("lets a node reach what its settings may name, and no page inside in the clear", () => {
    const rules: readonly Rule[] = one("NetworkPolicy").spec.egress;
    const reached = rules.flatMap(({ ports }) => ports.map(({ protocol, port }) => `${protocol} ${port}`));
    // Names; PostgreSQL; Redis and sentinels; clamd; OTLP; keys, buckets, pushes and previews, and those in the clear.
    expect(reached).toEqual([
      ...["UDP 53", "TCP 53", "TCP 5432", "TCP 6379", "TCP 26379", "TCP 3310", "TCP 4317", "TCP 4318"],
      ...["TCP 443", "TCP 80"],
    ]);
    const inTheClear = JSON.stringify(rules.find(({ ports }) => ports.some(({ port }) => port === 80))?.to);
    for (const inside of ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7"])
      expect(inTheClear).toContain(inside);
  });

  it("runs 3 to 20 nodes at 70 % of their processors", () => {
    const { spec } = one("HorizontalPodAutoscaler");
    expect([spec.minReplicas, spec.maxReplicas]).toEqual([3, 20]);
    expect(spec.metrics[0].resource.target).toEqual({ type: "Utilization", averageUtilization: 70 });
    expect(one("Deployment").spec.replicas).toBeUndefined(); // it would undo what the autoscaler did
  });

  it("selects its own pods, by ports that they have", () => {
    const { spec } = one("Deployment");
    const { labels } = spec.template.metadata;
    const selectors = [spec.selector.matchLabels, one("Service").spec.selector];
    selectors.push(one("PodDisruptionBudget").spec.selector.matchLabels);
    selectors.push(one("NetworkPolicy").spec.podSelector.matchLabels);
    for (const selector of selectors) expect(labels).toEqual(selector);
    const [container] = spec.template.spec.containers;
    const ports: { name: string; containerPort: number }[] = container.ports;
    const { data } = one("ConfigMap");
    expect(ports).toEqual([
      { name: "http", containerPort: Number(data.TIDINGS_PORT) },
      { name: "metrics", containerPort: Number(data.TIDINGS_METRICS_PORT) },
    ]);
    for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"])
      expect(container[probe].httpGet.port).toBe("http");
  });

  it("gives a node the time to drain, and no right it does not need", () => {
    const pod = one("Deployment").spec.template.spec;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(10 + 30 + 2);
    const [{ lifecycle, securityContext, resources }] = pod.containers;
    expect(lifecycle.preStop.exec.command[0]).toBe("node");
    expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true });
    expect([pod.securityContext.runAsNonRoot, pod.automountServiceAccountToken]).toEqual([true, false]);
    expect(resources).toMatchObject({ requests: { cpu: "500m" }, limits: { memory: "1Gi" } });
  });
});
