import type { Keychain, KeychainRequest } from '../../src/auth/keychain/ask-keychain.ts';
import { answerTo, type Entries } from '../../src/auth/keychain/serve.ts';
import { CliError } from '../../src/errors/cli-error.ts';

/** The keychain of a test's machine: its entries and its faults. */
export interface MemoryKeychain {
  /** The entries by their names. */
  readonly held: Map<string, string>;
  /** The failure of every request; null: none. */
  fault: string | null;
  /** The number of changes before the process counts as killed. */
  changes: number;
  /** The requests so far, by kind. */
  readonly asked: KeychainRequest['do'][];
  open: () => Promise<Keychain>;
}

/** The whole keychain client without the process and the system. */
export function memoryKeychain(): MemoryKeychain {
  const held = new Map<string, string>();
  const entries: Entries = {
    get: async (name) => held.get(name) ?? null,
    set: async (name, text) => changing(() => held.set(name, text)),
    delete: async (name) => changing(() => held.delete(name)),
  };
  const changing = (work: () => unknown): void => {
    if (keychain.changes-- <= 0) throw new Error('killed');
    work();
  };
  const ask = async (request: KeychainRequest): Promise<string | null> => {
    keychain.asked.push(request.do);
    if (keychain.fault !== null)
      throw new CliError('keychain-unavailable', keychain.fault, { facts: { keychain: 'none' } });
    const answer = await answerTo(request, async () => entries);
    if ('failure' in answer)
      throw new CliError('keychain-unavailable', answer.words, {
        facts: { keychain: answer.failure },
      });
    return answer.text;
  };
  const keychain: MemoryKeychain = {
    held,
    fault: null,
    changes: Number.POSITIVE_INFINITY,
    asked: [],
    open: async () => ({
      check: async () => void (await ask({ do: 'check' })),
      read: async (account) => ask({ do: 'read', account }),
      write: async (account, text) => void (await ask({ do: 'write', account, text })),
      remove: async (account) => void (await ask({ do: 'remove', account })),
    }),
  };
  return keychain;
}
