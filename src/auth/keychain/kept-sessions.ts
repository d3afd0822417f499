import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { realPathOf } from '../../files/directory.ts';
import { parseJson } from '../../text/json.ts';
import { members } from '../../text/members.ts';
import type { KeychainItem, KeychainSession, StoredSession } from '../profile.ts';
import { storedSession } from '../profile-file.ts';
import type { Keychain } from './keychain.ts';

/** The sessions of one configuration directory in the keychain. Each is whole: the file only says which item has it. */
export interface KeptSessions {
  /** Null if the item is gone, or is not what the file says that it is. */
  read(session: KeychainSession): Promise<StoredSession | null>;
  write(number: number, session: StoredSession): Promise<KeychainSession>;
  remove(number: number): Promise<void>;
}

/** Whose session it is. The file is easier to change than the keychain, and must not pass off one as another. */
const owned = ['tenant', 'appId', 'clientId', 'grant'] as const;

const content = members({ tag: v.string(), session: storedSession });

/** @param directory that exists */
export function keptSessions(directory: string, keychain: Keychain): KeptSessions {
  const account = accountsOf(directory);
  return {
    async read(known) {
      const { number, tag } = known.keychain;
      const found = v.safeParse(content, parseJson((await keychain.read(account(number))) ?? ''));
      if (!found.success || found.output.tag !== tag) return null;
      const { session } = found.output;
      return owned.every((name) => session[name] === known[name]) ? session : null;
    },
    async write(number, session) {
      const tag = randomBytes(16).toString('hex');
      await keychain.write(account(number), asciiJson({ tag, session }));
      return withoutTokens(session, { number, tag });
    },
    remove: (number) => keychain.remove(account(number)),
  };
}

/** Two directories share no item, not even one that was copied: its sessions are the other's. */
function accountsOf(directory: string): (number: number) => string {
  const path = realPathOf(directory);
  const prefix = createHash('sha256').update(path).digest('hex').slice(0, 32);
  return (number) => `${prefix}.${number}`;
}

/** What is not known to be no secret stays in the keychain. */
function withoutTokens(session: StoredSession, keychain: KeychainItem): KeychainSession {
  const { tenant, appId, clientId, grant, expiresAt, scope, user, refreshToken } = session;
  return {
    tenant,
    appId,
    clientId,
    grant,
    expiresAt,
    scope,
    user,
    renewable: refreshToken !== null,
    keychain,
  };
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
