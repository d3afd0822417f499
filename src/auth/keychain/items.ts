import { createHash } from 'node:crypto';

/** The entries of a keychain: short texts by their names. */
export interface Entries {
  get(name: string): Promise<string | null>;
  set(name: string, text: string): Promise<void>;
  /** Nothing happens if there is none. */
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
