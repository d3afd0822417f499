import { randomUUID } from 'node:crypto';
import { systemCode } from '../../errors/cli-error.ts';
import { type Entries, readItem, removeItem, writeItem } from './items.ts';
import type { KeychainAnswer, KeychainFailure, KeychainRequest } from './keychain.ts';
import { nativeEntries } from './native-entries.ts';

/** The channel to the process that asks. */
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
  // What the package itself says where its binary for this system is missing.
  if (missing.includes(systemCode(error)) || /native binding|cannot find module/i.test(words))
    return 'package';
  if (systemCode(error) === 'ERR_DLOPEN_FAILED') return 'library';
  // macOS says so of a session without a screen, as over SSH.
  return /locked|dismissed|interaction is not allowed/i.test(words) ? 'locked' : 'none';
}
