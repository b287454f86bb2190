/** A chat in a page that has no build step: the script-tag bundle, one `<div>`, and this. */
const link = new URLSearchParams(location.hash.slice(1));
const client = Tidings.createClient({
  transport: Tidings.webSocketTransport({ url: location.origin }),
  auth: link.get("token") ?? "", // an app asks its own server for one
});
const LIST = "height: 60vh; overflow: auto; padding: 1em; list-style: none; border: 1px solid silver";
const room = client.conversation("general");
const add = (parent, name, attributes) =>
  parent.appendChild(Object.assign(document.createElement(name), attributes));

const chat = document.querySelector("#chat");
const list = add(chat, "ol", { role: "log", tabIndex: 0, style: LIST });
const form = add(chat, "form", {});
const input = add(form, "input", { ariaLabel: "Message", placeholder: "Write a message" });
add(form, "button", { textContent: "Send" });
const line = add(chat, "p", { role: "status" });

function show() {
  const items = room.timeline
    .get()
    .items.slice(-100)
    .filter((item) => item.type === "message");
  const isAtEnd = list.scrollHeight - list.clientHeight - list.scrollTop < 50;
  list.replaceChildren();
  for (const { message, own, status } of items) {
    const text = message.deletedAt ? "(deleted)" : message.content.text; // as text, never as HTML
    add(list, "li", { textContent: `${message.authorId}: ${text}${own ? ` (${status})` : ""}` });
  }
  if (isAtEnd) list.scrollTop = list.scrollHeight;
}

room.timeline.subscribe(show);
client.connection.subscribe(({ name, error }) => (line.textContent = error ? error.userMessage : name));
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = input.value;
  input.value = "";
  await room.send(text).catch((error) => {
    input.value = text;
    line.textContent = error.userMessage;
  });
});
client.connect();
