/**
 * The wire of docs/protocol.md, and the HTTP API, under k6 (https://k6.io), which is not needed for anything else here:
 *   k6 run -e URL=ws://localhost:8080 -e TOKENS=tokens.txt -e LEVEL=100 deploy/k6/chat.js
 * TOKENS is a file of tokens, one a line and at least LEVEL of them, of users who are in the lobby. Over links it says
 * messages, waits for their acks and counts deliveries; over HTTP it says some, says them again, and reads them back.
 * `tidings-load` judges loss and order as well, with the SDK's own client.
 */
import { check } from "k6";
import exec from "k6/execution";
import http from "k6/http";
import { Counter, Rate, Trend } from "k6/metrics";
import { setInterval, setTimeout } from "k6/timers";
import { WebSocket } from "k6/websockets";

const URL = __ENV.URL || "ws://127.0.0.1:8787";
const ROOM = __ENV.ROOM || "general";
const tokens = open(__ENV.TOKENS || "tokens.txt")
  .split("\n")
  .filter((line) => line.trim() !== "");

/** Connections held at once: 10, 50, 100, 1000 … */
const LEVEL = Number(__ENV.LEVEL || 10);
const EVERY_MS = Number(__ENV.EVERY_MS || 2_000);
const SECONDS = Number(__ENV.SECONDS || 60);
const API = URL.replace(/^ws/, "http");

const answers = new Trend("tidings_answer", true);
const deliveries = new Counter("tidings_deliveries");
const refused = new Rate("tidings_refused");
const overHttp = new Trend("tidings_http_send", true);
const welcomed = new Rate("tidings_welcomed");

export const options = {
  scenarios: {
    chat: { executor: "per-vu-iterations", vus: LEVEL, iterations: 1, maxDuration: "3m", exec: "chat" },
    rest: {
      executor: "constant-vus",
      vus: Math.min(LEVEL, 50),
      duration: `${SECONDS}s`,
      exec: "rest",
    },
    health: {
      executor: "constant-arrival-rate",
      rate: 5,
      duration: `${SECONDS}s`,
      preAllocatedVUs: 2,
      exec: "health",
    },
  },
  thresholds: {
    tidings_welcomed: ["rate>0.999"],
    tidings_answer: ["p(50)<100", "p(99)<1000"],
    tidings_refused: ["rate<0.01"],
    tidings_deliveries: ["count>0"],
    tidings_http_send: ["p(95)<200"],
    checks: ["rate>0.99"],
    http_req_failed: ["rate<0.01"],
    http_req_duration: ["p(95)<200"],
  },
};

export function chat() {
  const user = exec.vu.idInTest - 1;
  const socket = new WebSocket(URL);
  const saidAt = {};
  let id = 0;
  const send = (frame) => socket.send(JSON.stringify(frame));
  const say = () => {
    id += 1;
    saidAt[id] = Date.now();
    const content = { text: `k6 ${user} ${id}` };
    const message = {
      type: "message.send",
      commandId: uuidv7(),
      conversationId: ROOM,
      at: Date.now(),
      kind: "text",
    };
    send({ type: "submit", id, lane: id, command: { ...message, content } });
  };
  socket.onopen = () =>
    send({ type: "hello", version: 1, clientId: `k6-${user}`, token: tokens[user % tokens.length] });
  socket.onmessage = ({ data }) => {
    const read = JSON.parse(data);
    for (const frame of Array.isArray(read) ? read : [read]) {
      if (frame.type === "welcome") {
        welcomed.add(true);
        setInterval(say, EVERY_MS);
      }
      if (frame.type === "ack" || frame.type === "reject") {
        answers.add(Date.now() - saidAt[frame.id]);
        refused.add(frame.type === "reject");
      }
      if (frame.type === "change") deliveries.add(1);
    }
  };
  socket.onerror = () => welcomed.add(false);
  setTimeout(() => socket.close(), SECONDS * 1_000);
}

/** Says a message, says it again as after a lost answer, and reads the newest. */
export async function rest() {
  const user = exec.vu.idInTest - 1;
  const path = `${API}/v1/conversations/${encodeURIComponent(ROOM)}/messages`;
  const text = `k6 over HTTP ${user} ${uuidv7()}`;
  const authorization = `Bearer ${tokens[user % tokens.length]}`;
  // k6 keeps figures by name: of each address there would be one.
  const params = { headers: { authorization }, tags: { name: "messages" } };
  const json = { "content-type": "application/json", "idempotency-key": uuidv7() };
  const body = JSON.stringify({ kind: "text", content: { text } });
  const say = () =>
    http.asyncRequest("POST", path, body, { ...params, headers: { ...params.headers, ...json } });
  const startMs = Date.now();
  const first = await say();
  overHttp.add(Date.now() - startMs);
  const again = await say();
  const page = await http.asyncRequest("GET", `${path}?limit=50`, null, params);
  check(first, { "a message is accepted": ({ status }) => status === 201 });
  check(again, {
    "said again it is the same": (answer) => answer.status === 201 && answer.body === first.body,
  });
  check(page, {
    "it is there, once": (answer) => answer.status === 200 && answer.body.split(text).length === 2,
  });
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
}

export function health() {
  const answer = http.get(`${API}/health`);
  check(answer, { "is healthy": ({ status }) => status === 200 });
}

/** RFC 9562, section 5.7. */
function uuidv7() {
  const hex = (count) =>
    Array.from({ length: count }, () => Math.floor(Math.random() * 16).toString(16)).join("");
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
}
