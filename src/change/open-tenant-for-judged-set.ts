import type { Verification } from '../certificate/ask-apns.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { isLoopback } from '../network/proxy.ts';
import type { Ownership } from '../report/ownership.ts';
import type { PhoneCount } from '../tenant/enrolled-devices.ts';
import { recordedCodes } from './judge-reach.ts';
import type { JudgedSet, SetInput } from './judge-set-before-opening.ts';
import type { OpenTenant } from './open-connection.ts';
import { openOrSignIn } from './open-or-sign-in.ts';
import type { SetPlan } from './plan-set-from-ledger.ts';
import { historyAt, type Memory } from './read-memory.ts';
import { atOpenTenant, type Job } from './run/run-job.ts';
import { teamOf, wantedCertificate } from './target.ts';

/** A set that is ready: the tenant is open, and nothing stops it. */
export interface ReadySet {
  readonly plan: SetPlan;
  readonly open: OpenTenant;
  /** Undefined: nothing is replaced. */
  readonly phones: PhoneCount | null | undefined;
  /** Null: APNs was not asked. */
  readonly verification: Verification | null;
  readonly memory: Memory;
  readonly input: SetInput;
}

/**
 * Opens the tenant of a judged set.
 * @throws {CliError} as openOrSignIn
 */
export async function openSet(judged: JudgedSet, context: Context): Promise<ReadySet> {
  const { input, plan, memory, verification, waited } = judged;
  const open = judged.open ?? (await openOrSignIn(input.settings, context, waited));
  const phones = plan.affectsPhones ? await open.askPhones() : undefined;
  return { plan, open, phones, verification, memory, input };
}

/**
 * Whose a certificate is once it is set. An owner stays until another is given; a ticket
 * is that of one change.
 */
export function ownershipIn({ plan, input }: Pick<JudgedSet, 'plan' | 'input'>): Ownership {
  const { owner, ticket } = input.terms;
  const { certificate } = input.opened.identity;
  return {
    owner: owner ?? plan.previous?.line.owner ?? null,
    ticket,
    team: certificate === null ? null : teamOf(certificate),
  };
}

/** The job of a set that is ready. @throws {CliError} usage */
export function jobOfSet({ plan, open, memory, input }: ReadySet): Job {
  const { opened, terms } = input;
  const { clientAppKey, topic, findings } = plan;
  if (clientAppKey === null)
    throw new CliError('usage', 'No client app key was given', {
      facts: { option: '--client-app-key KEY' },
    });
  const { identity, password } = opened;
  const { tenant } = open;
  const isLocal = isLoopback(new URL(tenant).hostname);
  const against = recordedCodes({ findings, isLocal });
  const { environment } = terms.apns;
  const { owner, ticket } = ownershipIn({ plan, input });
  const facts = { topic, environment, owner, ticket, against };
  return {
    target: {
      tenant,
      clientAppKey,
      wanted: wantedCertificate(identity.certificate, facts),
    },
    file: { identity, password, findings },
    sendAs: terms.sendAs,
    history: historyAt(memory, tenant),
    withOpenTenant: atOpenTenant(open),
  };
}
