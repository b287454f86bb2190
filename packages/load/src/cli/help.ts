export const help = `tidings-load: real clients by the thousand against a server, and what they saw

  tidings-load [url] [options]     default ws://127.0.0.1:8787

  --clients <number>     default 100
  --rooms <number>       conversations they are spread over; default one for ten clients
  --rate <number>        messages said per second by all together, default 100
  --seconds <number>     how long, default 30; Ctrl-C ends it sooner, with a report
  --ramp <number>        clients that begin to connect each second, default 500
  --bytes <number>       length of a message, default 120
  --processes <number>   that the clients are spread over, default 1; about 1,000 busy clients each
  --storm <second>       every client drops its link then, and comes back
  --settle <seconds>     how long may pass until everybody has everything, default 60
  --addresses <number>   of loopback addresses to connect from, for a server on this machine that counts by address
  --metrics <url>        of a server's /metrics: its processor and memory; may be given several times
  --recalled <percent>   … of what they look up, how much they have to have in memory
  --pid <number>         … of a process of this machine; may be given several times
  --report <file>        default load-report.html
  --tokens <file>        one token a line; without it they are made with TIDINGS_SECRET (TIDINGS_ISSUER, TIDINGS_AUDIENCE)

Each client is the SDK's own, in one conversation, a user of its own. A message counts as delivered when a member's
timeline shows it as confirmed. Exit code: 0 nothing was lost, doubled or out of order, and nobody who came back failed at a
second try; 1 something was, or somebody did; 2 called wrongly.
`;
