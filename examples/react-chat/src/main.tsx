import "./styles/base.css"; // first: what components say comes after these two
import "./styles/controls.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { openSession } from "./session.ts";

// A link to another person opened in the same window: begin anew as them.
addEventListener("hashchange", () => location.reload());

const root = document.getElementById("root");
if (root) {
  // What it takes to look inside is fetched only by those who ask for it.
  const inspect = new URLSearchParams(location.search).has("inspect");
  const session = inspect ? (await import("./inspect.ts")).openInspected() : openSession();
  createRoot(root).render(
    <StrictMode>
      <App session={session} />
    </StrictMode>,
  );
}
