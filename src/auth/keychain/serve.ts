import { createHash, randomUUID } from 'node:crypto';
import { systemCode } from '../../errors/cli-error.ts';
import type { KeychainAnswer, KeychainFailure, KeychainRequest } from './ask-keychain.ts';

type Channel = Pick<Required<NodeJS.Process>, 'once' | 'send' | 'disconnect' | 'kill' | 'pid'>;

/**
 * Answers one request of the program that started this process. A call into the keychain waits for a person where it asks for
 * one, and nothing can end it but the end of its process: so it has a process of its own, which ends with the one that asks.
 */
export function serveKeychain(channel: Channel): void {
  let answered = false;
  channel.once('message', async (request: KeychainRequest) => {
    const answer = await answerTo(request);
    answered = true;
    channel.send(answer, () => channel.disconnect());
  });
  // An exit would wait for the call.
  channel.once('disconnect', () => {
    if (!answered) channel.kill(channel.pid, 'SIGKILL');
  });
}

/** @param open gives the entries, by default the system's */
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

/** Reading alone would not tell of a keychain that has no place to write to. */
async function tryOut(entries: Entries): Promise<void> {
  const [name, text] = [`check.${randomUUID()}`, 'nothing of value'];
  await entries.set(name, text);
  const read = await entries.get(name);
  await entries.delete(name);
  if (read !== text) throw new Error('it does not give back what it was given');
}

function failureOf(error: unknown, words: string): KeychainFailure {
  const missing: readonly unknown[] = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'];
  if (isUnloadable(error)) return 'library';
  // What the package itself says where its binary for this system is missing.
  if (missing.includes(systemCode(error)) || /native binding|cannot find module/i.test(words))
    return 'package';
  // macOS says so of a session without a screen, as over SSH.
  return /locked|dismissed|interaction is not allowed/i.test(words) ? 'locked' : 'none';
}

/** Whether there is a binary that the system does not load; the package keeps what each of those that it tried has said. */
function isUnloadable(error: unknown): boolean {
  if (systemCode(error) === 'ERR_DLOPEN_FAILED') return true;
  return error instanceof Error && isUnloadable(error.cause);
}

/** The entries of a keychain: short texts by their names. */
export interface Entries {
  get(name: string): Promise<string | null>;
  set(name: string, text: string): Promise<void>;
  delete(name: string): Promise<void>;
}

/** The longest text of an entry: Windows takes 2560 bytes of UTF-16 (CRED_MAX_CREDENTIAL_BLOB_SIZE), the others take any. */
const entryLimit = process.platform === 'win32' ? 1200 : Number.POSITIVE_INFINITY;

/**
 * One text in as many entries as it takes. The head has the item's name and begins with how many there are and the SHA-256
 * of the whole; NAME.1, NAME.2 … follow it. The head is written last and removed last, the others in order and in reverse:
 * whatever a killed process leaves is found again, and is never taken for a whole item.
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
  for (const [part, piece] of parts.entries()) if (part > 0) await entries.set(`${name}.${part}`, piece);
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

/** What the entries are found by in the keychain, beside their names. */
const service = 'mfa-cli';
/** Not the kernel's keyring, which is lost with the next start and is not encrypted. */
const options = { linux: { store: 'secret-service' } } as const;

/**
 * The entries of macOS's Keychain, Windows's Credential Manager or the Secret Service, all under the service `mfa-cli`.
 * Throws an error with the code MODULE_NOT_FOUND where the optional package is missing; the methods throw the system's words.
 */
export async function nativeEntries(): Promise<Entries> {
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
