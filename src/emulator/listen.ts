import type { AddressInfo, Server } from 'node:net';
import { CliError, systemCode } from '../errors.ts';

/**
 * Has a server listen on 127.0.0.1, and gives its port.
 * @param port 0 picks a free one
 * @param option names it: `--port N`
 * @throws {CliError} usage: the port is busy or not allowed
 */
export async function listen(server: Server, port: number, option: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  }).catch((cause: unknown) => {
    throw new CliError('usage', `Port ${port} cannot be listened on (${systemCode(cause)})`, {
      cause,
      facts: { option },
    });
  });
  return (server.address() as AddressInfo).port;
}
