export const help = `tidings-server: the reference messaging server

  tidings-server [options]             run the server until SIGTERM or SIGINT, then drain it
  tidings-server token <user> [options]  print a token with which this user may connect
  tidings-server key <name> [--scopes act+system]  make a key for a backend, and what the server is to know of it
  tidings-server vapid                 make a pair of keys for Web Push
  tidings-server migrate [options]     bring the schema of a PostgreSQL up to date, before new nodes start
  tidings-server export [options]      write all there is as JSON Lines, while the server runs or not: of the whole
                                       server, of one --conversation, or what is kept of one --user
  tidings-server import <file> [options]  take an export of a server or a conversation into the database, all or nothing,
                                       while no server runs on it; then start the server

Every option can also be an environment variable; the option wins.

  --port <number>             TIDINGS_PORT             default 8787
  --host <address>            TIDINGS_HOST             default 127.0.0.1, this machine only
  --path <path>               TIDINGS_PATH             of the WebSocket, default /
  --data <file>               TIDINGS_DATA             database, default tidings.db; :memory: for none
  --database <address>        TIDINGS_DATABASE         postgres://user:password@host/database instead of --data;
                              DATABASE_URL             … the same
  --database-replica <addr.>  TIDINGS_DATABASE_REPLICA a copy of it, for pages of history, participants,
                                                       reactors and versions, for the index that searches use,
                                                       and for figures; never for who may read
  --database-connections <number>                      to it for queries, and to the copy, default 7; a node takes 7 more
                              TIDINGS_DATABASE_CONNECTIONS
  --statement-timeout <duration>                       after which it gives a statement up, default 10s
                              TIDINGS_STATEMENT_TIMEOUT
  --redis <address>           TIDINGS_REDIS            redis://host:6379, to run several nodes on one database;
                              REDIS_URL                … the same
  --jwks <address>            TIDINGS_JWKS             public keys that sign tokens, followed as they rotate
  --algorithms <list>         TIDINGS_ALGORITHMS       … and how, default RS256,ES256
  --tiers <list>              TIDINGS_TIERS            what the claim "tier" multiplies rates by, as pro=5,trial=0.5
  --roles <list>              TIDINGS_ROLES            scopes for names in the claim "roles", as support=act+erase
  --service-keys <list>       TIDINGS_SERVICE_KEYS     keys of backends, as "tidings-server key" prints them
  --issue-tokens on           TIDINGS_ISSUE_TOKENS     let keys of scope "tokens" issue tokens: for tests only
  --api off                   TIDINGS_API              serve neither /v1 nor /docs
  --requests-per-second <number>                       of one user or key over HTTP, default 100;
                              TIDINGS_REQUESTS_PER_SECOND
  --requests-per-second-per-address <number>           … and of one address, default 1000
                              TIDINGS_REQUESTS_PER_SECOND_PER_ADDRESS
  --issuer <name>             TIDINGS_ISSUER           demanded of tokens, default tidings
  --audience <name>           TIDINGS_AUDIENCE         demanded of tokens, default tidings
  --origins <list>            TIDINGS_ORIGINS          web pages that may ask, comma between; * for any
  --trusted-proxies <number>  TIDINGS_TRUSTED_PROXIES  reverse proxies in front, whose X-Forwarded-For counts; default 0
  --connections <number>      TIDINGS_CONNECTIONS      at once, default 10000
  --connections-per-address <number>                   … from one address, default 1000
                              TIDINGS_CONNECTIONS_PER_ADDRESS
  --lobbies <list>            TIDINGS_LOBBIES          conversations everyone is put into, default general
  --conversation-ids random   TIDINGS_CONVERSATION_IDS people begin conversations of random ids only; default chosen
  --policy <file>             TIDINGS_POLICY           JSON: what differs from the default limits and rates
  --max-age <duration>        TIDINGS_MAX_AGE          how long messages are kept, as 365d; default for good
  --max-messages <number>     TIDINGS_MAX_MESSAGES     … and how many of each conversation; default all
  --max-audit-age <duration>  TIDINGS_MAX_AUDIT_AGE    … and entries of the audit log; default 730d
  --serve <folder>            TIDINGS_SERVE            files to serve over HTTP
  --files <place>             TIDINGS_FILES            where people's files are: a folder, default <data>.files, or a bucket, as
                                                       s3://KEY:SECRET@aws/bucket?region=eu-central-1; off for none
  --files-url <address>       TIDINGS_FILES_URL        where clients reach this server, for files in a folder
  --clamd <address>           TIDINGS_CLAMD            ClamAV's daemon, which sees each file first: tcp://host:3310
  --previews on               TIDINGS_PREVIEWS         look up what links in messages lead to; default off: no stranger is asked
  --previews-url <address>    TIDINGS_PREVIEWS_URL     where clients reach this server for their pictures; default --files-url
  --profanity flag            TIDINGS_PROFANITY        show moderators messages with obscene words; or mask, or refuse them
  --profanity-words <file>    TIDINGS_PROFANITY_WORDS  … and further words, one a line; !word for one that is none
  --spam flag                 TIDINGS_SPAM             show them repetition and floods; or refuse
  --links flag                TIDINGS_LINKS            show them links that are not what they seem; or refuse
  --links-deny <file>         TIDINGS_LINKS_DENY       … and refuse those to these sites, one a line
  --links-shorteners <list>   TIDINGS_LINKS_SHORTENERS … sites that lead elsewhere, default the best known; off for none
  --push-subject <address>    TIDINGS_PUSH_SUBJECT     push to devices; whom push services may write to, as mailto:ops@example.com
  --vapid-public-key <key>    TIDINGS_VAPID_PUBLIC_KEY … with the keys of "tidings-server vapid"; the private one only
                              TIDINGS_VAPID_PRIVATE_KEY
  --push-origins <list>       TIDINGS_PUSH_ORIGINS     push services devices may name; default any over https
  --metrics-port <number>     TIDINGS_METRICS_PORT     where Prometheus reads /metrics; default: nobody does
  --metrics-host <address>    TIDINGS_METRICS_HOST     default 127.0.0.1; not for the public
  --log-level <level>         TIDINGS_LOG_LEVEL        default info
  --traces                    TIDINGS_TRACES=1         commands become traces of the OpenTelemetry SDK that
                                                       was started before
  --expires <duration>                                 of "token": 30s, 15m, 12h, 7d (default)
  --tier <name>                                        of "token": multiplies this user's rates, see --tiers
  --roles <list>                                       of "token": names that may have scopes, as support,auditor
  --scopes <list>                                      of "key": act, system, erase, export, archive,
                                                       moderate, audit, tokens, + between
  --out <file>                                         of "export": where to; default the standard output
  --user <user>                                        … what is kept of this person, and nothing of others
  --conversation <id>                                  … this conversation
  --with-files <folder>                                … with people's files, beside it in this folder, or in it: inline;
                                                       of "import": the folder that has them
  --check                                              of "import": only say whether the file is whole and right
  --help, --version

                              TIDINGS_SECRET           signs tokens, at least 32 bytes

Without TIDINGS_SECRET and TIDINGS_JWKS the server runs in development mode: it makes a secret once and keeps it beside the
database, in <file>.secret, where "tidings-server token" finds it.
`;
