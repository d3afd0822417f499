import type { Context } from '../../context.ts';
import { compareHeld, type Held, type ReadBack } from '../../tenant/read-back.ts';
import type { OpenTenant } from '../open-connection.ts';
import type { Target } from '../target.ts';

/**
 * Asks the tenant after a set. An error here does not fail the set.
 * @throws {CliError} interrupted
 */
export async function askAfterwards(
  { tenant, clientAppKey, wanted }: Target,
  open: OpenTenant,
  context: Context,
): Promise<Held> {
  const answer = await open.askHeld(clientAppKey);
  if (answer.outcome === 'unknown') context.terminal.note(`The topic is unknown: ${answer.why}.`);
  return sayHeld({ tenant, clientAppKey, topic: wanted?.topic ?? null }, answer, context);
}

interface ExpectedTopic {
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly topic: string | null;
}

/** Compares the tenant's topic with the expected one, and warns of a difference. */
export function sayHeld(
  { tenant, clientAppKey, topic }: ExpectedTopic,
  answer: ReadBack,
  { terminal }: Pick<Context, 'terminal'>,
): Held {
  const held = compareHeld(answer, topic);
  if (held.outcome === 'differs')
    terminal.warn(
      held.topic === null
        ? `${tenant} reports topics for other client app keys, but none for ${clientAppKey}`
        : `${tenant} reports the topic ${held.topic} for ${clientAppKey}, not ${topic}`,
    );
  return held;
}
