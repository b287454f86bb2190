/**
 * The wire of docs/protocol.md, and the HTTP API, under k6 (https://k6.io), which is not needed for anything else here:
 *   k6 run -e URL=ws://localhost:8080 -e TOKENS=tokens.txt -e LEVEL=100 deploy/k6/chat.js
 * TOKENS is a file of tokens, one a line and at least LEVEL of them, of users who are in the lobby. It says messages, waits
 * for their acks and counts deliveries; `tidings-load` judges loss and order as well, with the SDK's own client.
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
const EVERY_MS = 2_000;
const HOLD_MS = 60_000;

const answers = new Trend("tidings_answer", true);
const deliveries = new Counter("tidings_deliveries");
const refused = new Rate("tidings_refused");
const welcomed = new Rate("tidings_welcomed");

export const options = {
  scenarios: {
    chat: { executor: "per-vu-iterations", vus: LEVEL, iterations: 1, maxDuration: "3m", exec: "chat" },
    health: {
      executor: "constant-arrival-rate",
      rate: 5,
      duration: "60s",
      preAllocatedVUs: 2,
      exec: "health",
    },
  },
  thresholds: {
    tidings_welcomed: ["rate>0.999"],
    tidings_answer: ["p(50)<100", "p(99)<1000"],
    tidings_refused: ["rate<0.01"],
    tidings_deliveries: ["count>0"],
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
  setTimeout(() => socket.close(), HOLD_MS);
}

export function health() {
  const answer = http.get(`${URL.replace(/^ws/, "http")}/health`);
  check(answer, { "is healthy": ({ status }) => status === 200 });
}

/** RFC 9562, section 5.7. */
function uuidv7() {
  const hex = (count) =>
    Array.from({ length: count }, () => Math.floor(Math.random() * 16).toString(16)).join("");
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
}
