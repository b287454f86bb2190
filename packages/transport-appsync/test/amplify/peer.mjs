/** AWS's own client, unmodified, in a process that trusts the endpoint's certificate: tells what it sees, a line each. */
import { CONNECTION_STATE_CHANGE, events, generateClient } from "@aws-amplify/api";
import { Amplify, Hub } from "@aws-amplify/core";
import { WebSocket } from "ws";

globalThis.WebSocket = WebSocket;
const [endpoint = "", command = ""] = process.argv.slice(2);
const common = { region: "eu-west-1", defaultAuthMode: "apiKey", apiKey: "da2-amplify" };
const API = {
  GraphQL: { endpoint, ...common },
  Events: { endpoint: endpoint.replace("/graphql", "/event"), ...common },
};
Amplify.configure({ API });

const tell = (name, value) => console.log(JSON.stringify([name, value]));
Hub.listen("api", ({ payload }) => {
  if (payload.event === CONNECTION_STATE_CHANGE) tell("state", payload.data.connectionState);
});

const client = generateClient();
const submit = `mutation($i: ID!, $k: ID!, $c: AWSJSON!) {
  submit(conversationId: $i, commandId: $k, command: $c) { conversationId rev payload } }`;
const heard = "subscription($i: ID!) { onEvent(conversationId: $i) { conversationId rev audience payload } }";

/** Fails as it would in an app. */
const failed = (name) => (error) => tell(`${name} failed`, error?.errors ?? String(error));

tell("heads", await client.graphql({ query: "{ heads }" }).catch(failed("heads")));
client
  .graphql({ query: heard, variables: { i: "general" } })
  .subscribe({ next: ({ data, errors }) => tell("heard", { data, errors }), error: failed("heard") });
const channel = await events.connect("/tidings/general");
channel.subscribe({ next: ({ event }) => tell("event", event), error: failed("event") });

async function perform(what) {
  if (what === "say") {
    const { conversationId: i, commandId: k } = JSON.parse(command);
    const variables = { i, k, c: command };
    tell("said", await client.graphql({ query: submit, variables }).catch(failed("say")));
  }
  if (what === "type")
    tell("typed", await channel.publish({ type: "typing", active: true }).catch(failed("type")));
  if (what === "trespass") {
    const nowhere = client.graphql({ query: heard, variables: { i: "nowhere" } });
    nowhere.subscribe({ next: () => {}, error: failed("nowhere") });
  }
}

process.stdin.on("data", (line) => void perform(String(line).trim()));
