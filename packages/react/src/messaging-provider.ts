import { holdConnection } from "@tidings/core/bindings";
import { MessagingError } from "@tidings/core/errors";
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
} from "react";
import type { AppClient } from "./register.ts";

const ClientContext = createContext<AppClient | undefined>(undefined);

export interface MessagingProviderProps {
  /** Made and closed by the app, outside of React: it outlives what is on screen. */
  readonly client: AppClient;
  /**
   * Connect while this is on screen, and disconnect a second after the last provider of the client is gone. Default
   * true; false leaves that to the app.
   */
  readonly connect?: boolean;
  readonly children?: ReactNode;
}

/** Gives a client to every hook below, and keeps it connected. */
export function MessagingProvider({
  client,
  connect = true,
  children,
}: MessagingProviderProps): ReactElement {
  useEffect(() => (connect ? holdConnection(client) : undefined), [client, connect]);
  return createElement(ClientContext.Provider, { value: client }, children);
}

/**
 * The client of the provider above.
 *
 * @throws {MessagingError} `client/misused` if there is none, as does every hook here
 */
export function useClient(): AppClient {
  const client = useContext(ClientContext);
  if (client) return client;
  const message = "unable to use messaging here; there is no MessagingProvider above";
  throw new MessagingError("client/misused", { message });
}
