import { createHash, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { systemCode } from '../../errors/cli-error.ts';
import { bunVersion } from '../../text/version.ts';
import type { KeychainAnswer, KeychainFailure, KeychainRequest } from './ask-keychain.ts';
import { ForeignPackage, requireOwnPackage } from './own-package.ts';

type Channel = Pick<Required<NodeJS.Process>, 'once' | 'send' | 'disconnect' | 'kill' | 'pid'>;

/**
 * Answers one request of the parent process. A call into the keychain may wait for a
 * person, and only the end of its process stops it: so it runs in a process of its own,
 * which ends with its parent.
 */
export function serveKeychain(channel: Channel): void {
  let answered = false;
  channel.once('message', async (request: KeychainRequest) => {
    const answer = await answerTo(request);
    answered = true;
    channel.send(answer, () => channel.disconnect());
  });
  // A normal exit would wait for the call.
  channel.once('disconnect', () => {
    if (!answered) channel.kill(channel.pid, 'SIGKILL');
  });
}

/** @param open opens the entries; default: the system's */
export async function answerTo(
  request: KeychainRequest,
  open: () => Promise<Entries> = nativeEntries,
): Promise<KeychainAnswer> {
  try {
    return { text: await done(request, await open()) };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { failure: failureOf(error, words), words };
  }
}

async function done(request: KeychainRequest, entries: Entries): Promise<string | null> {
  if (request.do === 'read') return readItem(entries, request.account);
  if (request.do === 'write') await writeItem(entries, request.account, request.text);
  else if (request.do === 'remove') await removeItem(entries, request.account);
  else await tryOut(entries);
  return null;
}

/** Reading alone would not detect a keychain that cannot store anything. */
async function tryOut(entries: Entries): Promise<void> {
  const name = `check.${randomUUID()}`;
  const text = 'nothing of value';
  await entries.set(name, text);
  const read = await entries.get(name);
  await entries.delete(name);
  if (read !== text) throw new Error('it does not return the stored text');
}

function failureOf(error: unknown, words: string): KeychainFailure {
  const missing: readonly unknown[] = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'];
  if (error instanceof ForeignPackage) return 'foreign';
  if (isUnloadable(error)) return 'library';
  // The package's own words if its binary for this system is missing.
  if (missing.includes(systemCode(error)) || /native binding|cannot find module/i.test(words))
    return 'package';
  // macOS answers this in a session without a display, as over SSH.
  return /locked|dismissed|interaction is not allowed/i.test(words) ? 'locked' : 'none';
}

/**
 * Whether the system refuses to load the binary; the package keeps the error of each
 * attempt.
 */
function isUnloadable(error: unknown): boolean {
  if (systemCode(error) === 'ERR_DLOPEN_FAILED') return true;
  return error instanceof Error && isUnloadable(error.cause);
}

/** The entries of a keychain: short texts by name. */
export interface Entries {
  get(name: string): Promise<string | null>;
  set(name: string, text: string): Promise<void>;
  delete(name: string): Promise<void>;
}

/**
 * The longest text of an entry: Windows allows 2560 bytes of UTF-16
 * (CRED_MAX_CREDENTIAL_BLOB_SIZE), other systems any length.
 */
const entryLimit = process.platform === 'win32' ? 1200 : Number.POSITIVE_INFINITY;

/**
 * Stores one text in several entries. The head has the item's name and starts with the
 * number of entries and the SHA-256 of the text; NAME.1, NAME.2 … follow. The head is
 * written and removed last, the others in order and in reverse, so that remains of a
 * killed process are found and never taken for a complete item.
 */
export async function readItem(entries: Entries, name: string): Promise<string | null> {
  const head = /^(\d{1,4}) ([0-9a-f]{64}) (.*)$/s.exec((await entries.get(name)) ?? '');
  if (head === null) return null;
  const [, count, hash, first] = head;
  const parts = [first];
  for (let part = 1; part < Number(count); part++) {
    const text = await entries.get(`${name}.${part}`);
    if (text === null) return null;
    parts.push(text);
  }
  const whole = parts.join('');
  return sha256(whole) === hash ? whole : null;
}

/** @param text of ASCII characters */
export async function writeItem(
  entries: Entries,
  name: string,
  text: string,
  limit = entryLimit,
): Promise<void> {
  await removeItem(entries, name);
  const room = limit - headRoom;
  const parts: string[] = [text.slice(0, room)];
  for (let at = room; at < text.length; at += limit) parts.push(text.slice(at, at + limit));
  for (const [part, piece] of parts.entries())
    if (part > 0) await entries.set(`${name}.${part}`, piece);
  await entries.set(name, `${parts.length} ${sha256(text)} ${parts[0]}`);
}

/** Four digits, a hash, and a blank after each. */
const headRoom = 4 + 1 + 64 + 1;

export async function removeItem(entries: Entries, name: string): Promise<void> {
  let last = 0;
  while ((await entries.get(`${name}.${last + 1}`)) !== null) last++;
  for (let part = last; part > 0; part--) await entries.delete(`${name}.${part}`);
  await entries.delete(name);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Attributes of the entries in the keychain, besides their names. */
const service = 'mfa-cli';
/** Not the kernel's keyring: it is lost at the next boot and is not encrypted. */
const options = { linux: { store: 'secret-service' } } as const;

/**
 * The entries of macOS Keychain, Windows Credential Manager or the Secret Service, under
 * the service `mfa-cli`. Throws an error with the code MODULE_NOT_FOUND if the optional
 * package is missing, and ForeignPackage; the methods throw the system's errors.
 */
export async function nativeEntries(): Promise<Entries> {
  // The executable has its library within itself.
  if (bunVersion === null) pinLibrary();
  const { AsyncEntry } = await import('@napi-rs/keyring');
  const entry = (name: string) => new AsyncEntry(service, name, options);
  return {
    get: async (name) => (await entry(name).getPassword()) ?? null,
    set: async (name, text) => entry(name).setPassword(text),
    delete: async (name) => {
      await entry(name).deleteCredential();
    },
  };
}

/**
 * Has the package load the library that was looked at, and search for no other. Throws as
 * `requireOwnPackage`.
 */
function pinLibrary(): void {
  const library = requireOwnPackage('@napi-rs/keyring', fileURLToPath(import.meta.url));
  if (library !== null) process.env.NAPI_RS_NATIVE_LIBRARY_PATH = library;
}
