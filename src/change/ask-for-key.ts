import type { Context } from '../context.ts';
import type { SetPlan } from './set-plan.ts';

/**
 * Asks a person for the client app key that was not given; the topic is the default. The
 * plan's own without a terminal, or if the findings stop it.
 * @throws {CliError} interrupted
 */
export async function askForKey(
  { clientAppKey, topic, stops }: SetPlan,
  { terminal, prompt }: Context,
): Promise<string | null> {
  if (stops || !terminal.interactive || topic === null) return clientAppKey;
  terminal.note(
    "The client app key is the tenant's name for your app's certificate, often its bundle ID.",
  );
  return prompt.input({
    message: 'Client app key:',
    initial: topic,
    validate: (answer) =>
      !/^(y|yes|n|no)?$/i.test(answer.trim()) ||
      `Type the key, or clear the line and press Return for ${topic}`,
    unavailable: 'The client app key is missing, and there is no terminal',
    facts: { option: '--client-app-key KEY' },
  });
}
