import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import {
  type Field,
  formatFields,
  formatValidUntil,
  wordsForApns,
  wordsForPhones,
} from '../report/fields.ts';
import { concerns, formatFindings } from '../report/findings.ts';
import type { Style } from '../terminal/style.ts';
import { nounOf } from './answer-table.ts';
import type { PastRequest } from './history.ts';
import type { ReadySet } from './open-tenant-for-judged-set.ts';
import type { SetPlan } from './plan-set-from-ledger.ts';
import { wordsForReplaced } from './report-set.ts';

/**
 * Shows a person the plan of a set. Without `yes` it asks for consent if the set replaces
 * or silences another certificate, or if a finding or a request without an answer speaks
 * against it. Does nothing without a terminal.
 * @throws {CliError} interrupted if the person declines
 */
export async function confirmSet(ready: ReadySet, context: Context): Promise<void> {
  const { terminal, prompt } = context;
  if (!terminal.interactive) return;
  const { plan, open, input } = ready;
  const { yes } = input.terms;
  const { previous, before, clientAppKey, topic, findings, unanswered } = plan;
  const concerned = concerns(findings);
  if (concerned.length > 0) await terminal.present(concerned, formatFindings);
  const silences = findings.some(({ code }) => code === 'silences-other-app');
  const hasNoDoubt = concerned.length === 0 && unanswered.length === 0;
  const isHarmless = before.kind === 'same' || (before.kind !== 'other' && hasNoDoubt);
  const isAsked = !yes && (silences || !isHarmless);
  if (isAsked || !terminal.flags.quiet) await presentPlan(ready, context);
  if (previous === null && clientAppKey !== topic)
    terminal.warn(
      `The client app key "${clientAppKey}" is not on record here, and differs from the topic`,
    );
  if (!isAsked) return;
  const verb = before.kind === 'same' || before.kind === 'other' ? 'Replace' : 'Set';
  const isAgreed = await prompt.confirm({
    message: `${verb} the certificate for ${clientAppKey} at ${new URL(open.tenant).host}?`,
    // Nobody is asked here without a terminal.
    unavailable: 'Setting the certificate must be confirmed in a terminal',
  });
  if (!isAgreed) throw new CliError('interrupted', 'Nothing was sent');
}

function presentPlan(
  { plan, open, input, verification, phones }: ReadySet,
  { terminal, now }: Context,
): Promise<void> {
  const { clientAppKey, topic, notAfter, fingerprint } = plan;
  const shown = {
    clientAppKey,
    tenant: open.tenant,
    topic,
    environments: input.opened.identity.certificate?.environments ?? [],
    notAfter,
    fingerprint,
    before: wordsForBefore(plan),
    unanswered: plan.unanswered.map(fieldFor),
    verification,
    phones,
  };
  return terminal.present(shown, (cleaned: typeof shown, style: Style) =>
    formatFields(
      [
        ['Client app key', cleaned.clientAppKey],
        ['Tenant', cleaned.tenant],
        ['Topic', cleaned.topic],
        ['Environments', cleaned.environments.join(', ') || 'none'],
        ['Valid until', formatValidUntil(cleaned.notAfter, now(), style)],
        ['SHA-256', `${cleaned.fingerprint?.slice(0, 8)}…`],
        ['Replaces', cleaned.before],
        ...cleaned.unanswered,
        ['APNs', cleaned.verification === null ? null : wordsForApns(cleaned.verification)],
        ['Phones', cleaned.phones === undefined ? null : wordsForPhones(cleaned.phones)],
      ],
      style,
    ),
  );
}

function wordsForBefore({ before, topic }: SetPlan): string {
  switch (before.kind) {
    case 'same':
      return 'the same certificate';
    case 'other':
      return wordsForReplaced(before.replaced, topic);
    case 'none':
      return 'nothing: the tenant has no topic for this client app key';
    case 'not-known':
      return 'nothing on record for this client app key';
  }
}

function fieldFor({ line, at }: PastRequest): Field {
  const { asked, fingerprint } = line;
  const which = asked === 'set' ? ` (SHA-256 ${fingerprint?.slice(0, 8)}…)` : '';
  return ['Unknown', `outcome of the ${nounOf(asked)} of ${at.slice(0, 10)}${which}`];
}
