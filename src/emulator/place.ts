import { CliError } from '../errors/cli-error.ts';
import { lockFile } from '../files/lock-file.ts';
import { type Apns, type ApnsOptions, startApns } from './phones.ts';
import { openServer } from './server.ts';
import type { TenantOptions } from './tenant.ts';

/** What tenants are behind. */
interface Place {
  readonly server: Awaited<ReturnType<typeof openServer>>;
  readonly apns: Apns;
  close(): Promise<void>;
}

interface PlaceOptions extends Pick<TenantOptions, 'redirectUris' | 'now'> {
  readonly port: number;
  readonly stateFile: string | null;
  readonly apns?: Partial<ApnsOptions>;
}

/**
 * Opens a port, the stand-in for APNs and the lock of the state file, and closes them where `start` fails.
 * @throws {CliError} usage (a port, a redirect URI), file-unreadable, file-unwritable
 */
export async function openPlace<Started>(
  { port, stateFile, apns: apnsOptions = {}, redirectUris, now }: PlaceOptions,
  start: (place: Place) => Promise<Started>,
): Promise<Started> {
  for (const uri of redirectUris) requireRedirectUri(uri);
  const unlock = stateFile === null ? () => {} : lockState(stateFile);
  const closings: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(closings.map((closing) => closing()));
    unlock();
  };
  try {
    const server = await openServer(port);
    closings.push(server.close);
    const apns = await startApns(apnsOptions, now);
    closings.push(apns.close);
    return await start({ server, apns, close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** Keeps a second emulator from overwriting the state. @throws {CliError} file-unwritable */
function lockState(file: string): () => void {
  return lockFile(file, {
    unlockable: `The state file ${file} cannot be locked`,
    held: (holder, lock) => `Another emulator${holder} keeps its state in ${file}: ${lock} is there`,
  });
}

/** RFC 6749 §3.1.2: an absolute URI without a fragment; here it must be a web address. */
function requireRedirectUri(uri: string): void {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || uri.includes('#')) {
    throw new CliError('usage', `"${uri}" is not a valid redirect URI`);
  }
}
