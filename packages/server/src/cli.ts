#!/usr/bin/env node
import { MessagingError } from "@tidings/core/errors";
import { issueToken } from "./auth/tokens.ts";
import { createServiceKey } from "./auth/service-keys.ts";
import { Interrupted, runExport, runImport } from "./cli/archive.ts";
import { type CommandSettings, type Invocation, readArguments } from "./cli/arguments.ts";
import { writeServiceKey } from "./cli/credentials.ts";
import { developmentSecret } from "./cli/development-secret.ts";
import { help } from "./cli/help.ts";
import { createLog } from "./create-log.ts";
import { createServer } from "./create-server.ts";
import { letHeapDouble } from "./let-heap-double.ts";
import type { EventLog } from "./log.ts";
import { VERSION } from "./version.ts";

/** Exit codes: 0 done, or drained; 1 failed; 2 called wrongly; 130 interrupted. */
async function main(): Promise<void> {
  try {
    await run(readArguments(process.argv.slice(2), process.env));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    const isMisused = error instanceof MessagingError && error.code === "client/misused";
    process.exitCode = error instanceof Interrupted ? 130 : isMisused ? 2 : 1;
  }
}

async function run(invocation: Invocation): Promise<void> {
  switch (invocation.command) {
    case "help":
      process.stdout.write(help);
      return;
    case "version":
      process.stdout.write(`${VERSION}\n`);
      return;
    case "token":
      return printToken(invocation);
    case "key":
      return printKey(invocation);
    case "vapid":
      return printVapidKeys();
    case "migrate":
      return migrate(invocation.database);
    case "export":
      return runExport(invocation);
    case "import":
      return runImport(invocation);
    case "serve":
      return serve(invocation.settings);
  }
}

async function printToken(invocation: Extract<Invocation, { command: "token" }>): Promise<void> {
  const { settings, userId, expiresInMs, tier, roles } = invocation;
  const { issuer, audience } = settings.server;
  const secret = secretOf(settings);
  if (secret === undefined) {
    throw new MessagingError("client/misused", { message: "unable to issue the token; set TIDINGS_SECRET" });
  }
  const token = await issueToken({
    secret,
    userId,
    ...(expiresInMs !== undefined && { expiresInMs }),
    ...(tier !== undefined && { tier }),
    ...(roles && { roles }),
    ...(issuer !== undefined && { issuer }),
    ...(audience !== undefined && { audience }),
  });
  process.stdout.write(`${token}\n`);
}

function printKey({ name, scopes }: Extract<Invocation, { command: "key" }>): void {
  const { key, hash } = createServiceKey();
  const line = writeServiceKey({ name, scopes, hash });
  process.stdout.write(
    `key, for the backend, shown this once: ${key}\nTIDINGS_SERVICE_KEYS, for the server: ${line}\n`,
  );
}

async function printVapidKeys(): Promise<void> {
  const { createVapidKeys } = await import("./push/web-push-provider.ts");
  const { publicKey, privateKey } = createVapidKeys();
  process.stdout.write(`TIDINGS_VAPID_PUBLIC_KEY=${publicKey}\nTIDINGS_VAPID_PRIVATE_KEY=${privateKey}\n`);
}

async function migrate(database: string): Promise<void> {
  const { migratePostgres } = await import("./store/postgres/postgres-store.ts");
  const { made, newer } = await migratePostgres(database);
  if (newer.length > 0)
    process.stdout.write(
      `nothing done: a newer version migrated the database (${newer.join(", ")}); this one can work on it\n`,
    );
  else process.stdout.write(made.length > 0 ? `migrated: ${made.join(", ")}\n` : "up to date\n");
}

async function serve(settings: CommandSettings): Promise<void> {
  letHeapDouble();
  const log = createLog(settings.logLevel);
  const events: EventLog = log;
  const isSignedElsewhere = settings.server.jwks !== undefined;
  if (settings.secret === undefined && !isSignedElsewhere) {
    const note = 'no TIDINGS_SECRET; "tidings-server token <user>" makes tokens';
    events.warn({ note }, "development mode");
  }
  const tracer = settings.hasTraces
    ? (await import("@opentelemetry/api")).trace.getTracer("tidings", VERSION)
    : undefined;
  const server = await createServer({
    ...settings.server,
    secret: isSignedElsewhere ? settings.secret : secretOf(settings),
    tracer,
    log,
  });
  let isStopping = false;
  const stop = (signal: string): void => {
    if (isStopping) process.exit(1); // Asked twice: no more patience.
    isStopping = true;
    events.info({ signal }, "draining");
    void server.close().then(() => process.exit(0));
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

function secretOf({ secret, dataFile }: CommandSettings): string | undefined {
  return secret ?? developmentSecret(dataFile);
}

await main();
