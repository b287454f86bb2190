import "./styles/inspect.css";
import { createFaults, createInspectedClient } from "@tidings/core/inspect";
import { mountInspector } from "@tidings/core/inspect/panel";
import { openSession, type Session } from "./session.ts";

/** The same chat, with its client on show beside it. A link of its own, as a link that tabs share has parts in several. */
export function openInspected(): Session | undefined {
  let show = (): void => {};
  const session = openSession((given) => {
    const { tabs: _, ...options } = given;
    const client = createInspectedClient(options, { faults: createFaults() });
    show = () => void mountInspector(client, panel());
    return client;
  });
  show();
  return session;
}

function panel(): HTMLElement {
  const aside = document.createElement("aside");
  aside.id = "inspector";
  aside.ariaLabel = "Inspector";
  document.body.append(aside);
  return aside;
}
