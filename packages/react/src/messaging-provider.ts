import type { Client } from "@tidings/core";
import { MessagingError } from "@tidings/core/errors";
import { createContext, createElement, type ReactElement, type ReactNode, useContext } from "react";

const ClientContext = createContext<Client | undefined>(undefined);

export interface MessagingProviderProps {
  /** Made, connected and closed by the app, outside of React: it outlives what is on screen. */
  readonly client: Client;
  readonly children?: ReactNode;
}

/** Gives a client to every hook below. */
export function MessagingProvider({ client, children }: MessagingProviderProps): ReactElement {
  return createElement(ClientContext.Provider, { value: client }, children);
}

/**
 * The client of the provider above.
 *
 * @throws {MessagingError} `client/misused` if there is none, as does every hook here
 */
export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client) return client;
  const message = "unable to use messaging here; there is no MessagingProvider above";
  throw new MessagingError("client/misused", { message });
}
