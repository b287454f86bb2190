/** What a browser says of itself so that it can be pushed to. */
export interface DeviceSubscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** Where a backend keeps the devices it pushes to: the port for backends of your own. */
export interface PushDevices {
  /** The VAPID public key, with which browsers subscribe. */
  key(): Promise<string>;
  /** Doing it again changes nothing. */
  put(deviceId: string, subscription: DeviceSubscription): Promise<void>;
  remove(deviceId: string): Promise<void>;
}

export interface HttpPushDevicesOptions {
  /** Where the server's HTTP API is, as `"https://chat.example"`. */
  readonly url: string;
  /** The user's token, as the client has it. */
  readonly auth: () => string | Promise<string>;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch;
}

/** The devices of the reference server, over HTTP. Rejects with what the server says, or with what `fetch` does. */
export function httpPushDevices({
  url,
  auth,
  fetch = globalThis.fetch,
}: HttpPushDevicesOptions): PushDevices {
  const ask = async (method: string, path: string, body?: DeviceSubscription): Promise<Response> => {
    const response = await fetch(new URL(`/v1/push${path}`, url), {
      method,
      headers: {
        authorization: `Bearer ${await auth()}`,
        ...(body && { "content-type": "application/json" }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(`unable to register for pushes; the server answered ${response.status}`);
    return response;
  };
  return {
    async key() {
      const answer: unknown = await (await ask("GET", "")).json();
      const isKnown = typeof answer === "object" && answer !== null && "publicKey" in answer;
      return isKnown && typeof answer.publicKey === "string" ? answer.publicKey : "";
    },
    put: async (deviceId, subscription) => void (await ask("PUT", `/devices/${deviceId}`, subscription)),
    remove: async (deviceId) => void (await ask("DELETE", `/devices/${deviceId}`)),
  };
}
