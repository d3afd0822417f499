import type { AddressInfo, Server } from 'node:net';
import { CliError, systemCode } from '../errors/cli-error.ts';

/**
 * Makes a server listen on 127.0.0.1, and returns its port.
 * @param port 0 picks a free one
 * @param option its name: `--port N`
 * @throws {CliError} usage: the port is busy or not allowed
 */
export async function listen(server: Server, port: number, option: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  }).catch((cause: unknown) => {
    throw new CliError('usage', `Cannot listen on port ${port} (${systemCode(cause)})`, {
      cause,
      facts: { option },
    });
  });
  return (server.address() as AddressInfo).port;
}

/** As many ports are tried from a wanted one on, before a free one is taken anywhere. */
const tries = 20;

/** The same from a port on: where that is taken, the next one that is not. 0 picks a free one. @throws {CliError} usage */
export async function listenFrom(server: Server, first: number, option: string): Promise<number> {
  for (let port = first; first !== 0 && port < Math.min(first + tries, 65_536); port++) {
    try {
      return await listen(server, port, option);
    } catch (error) {
      if (!(error instanceof CliError) || systemCode(error.cause) !== 'EADDRINUSE') throw error;
    }
  }
  return listen(server, 0, option);
}
