import type { Context } from '../context.ts';
import type { KeySource, OtherKey } from './client-app-key.ts';
import type { SetPlan } from './plan-set-from-ledger.ts';

/** A key, and where it comes from. */
interface ChosenKey {
  readonly clientAppKey: string | null;
  readonly keyFrom: KeySource;
}

/**
 * Asks a person for the client app key that was not given. It proposes the key that the
 * tenant or the ledger has for this topic, else the topic. Without a terminal, or if the
 * findings stop it, the key is that of the plan.
 * @throws {CliError} interrupted
 */
export async function askForKey(
  { clientAppKey: planned, topic, tenant, other, stops }: SetPlan,
  { terminal, prompt }: Context,
): Promise<ChosenKey> {
  if (stops || !terminal.interactive || topic === null)
    return { clientAppKey: planned, keyFrom: 'topic' };
  terminal.note(
    "The client app key is the tenant's name for this app. Press Return for the proposed one, " +
      "unless the app's developers registered another. " +
      "The vendor's guide names no default, and says that the key must be registered.",
  );
  if (other !== null) terminal.note(wordsFor(other, tenant));
  const initial = other?.topic === topic ? other.clientAppKey : topic;
  const clientAppKey = await prompt.input({
    message: 'Client app key:',
    initial,
    validate: (answer) =>
      !/^(y|yes|n|no)?$/i.test(answer.trim()) ||
      `Type the key, or clear the line and press Return for ${initial}`,
    unavailable: 'The client app key is missing, and there is no terminal',
    facts: { option: '--client-app-key KEY' },
  });
  return { clientAppKey, keyFrom: sourceOf(clientAppKey, topic, other) };
}

function wordsFor({ clientAppKey, keyFrom, topic }: OtherKey, tenant: string | null): string {
  const suffix = topic === null ? '' : `, for the topic ${topic}`;
  return keyFrom === 'tenant'
    ? `${tenant} pushes with the client app key "${clientAppKey}"${suffix}.`
    : `The ledger has the client app key "${clientAppKey}"${suffix}.`;
}

function sourceOf(clientAppKey: string, topic: string, other: OtherKey | null): KeySource {
  if (clientAppKey === topic) return 'topic';
  return clientAppKey === other?.clientAppKey ? other.keyFrom : 'given';
}
