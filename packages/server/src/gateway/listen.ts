import type { FastifyInstance } from "fastify";

/** After a node has ended, all its clients connect at one moment; Node's own 511 would leave the rest without an answer. */
const MOST_UNACCEPTED = 4_096;

/** @returns the port, which is news where it was 0. */
export async function listen(http: FastifyInstance, port: number, host: string): Promise<number> {
  await http.listen({ port, host, backlog: MOST_UNACCEPTED });
  const address = http.server.address();
  return typeof address === "object" && address ? address.port : port;
}

/** As it stands in a URL. */
export function authority(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

export function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
