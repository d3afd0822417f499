import type { signInByPush } from '../auth/factors/sign-in-by-push.ts';
import { announceSignIn, personAtTerminal } from '../certificate/sign-in-questions.ts';
import { answerGrace, type Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { formatFields } from '../report/fields.ts';
import type { Settings } from '../settings/settings.ts';
import type { Mark, Style } from '../terminal/style.ts';
import { onOneLine } from '../text/printable.ts';
import { rehearsalCaveat } from './reach-words.ts';

type Network = Settings['network'];
type PushContext = Parameters<typeof signInByPush>[2];

/** The result of a sign-in by push. */
export interface Proof {
  readonly tenant: string;
  readonly user: string;
  /** The mechanism, by the vendor's name: `OTP`; null if the tenant offered no push. */
  readonly mechanism: string | null;
  readonly outcome: 'approved' | 'denied' | 'not-approved' | 'not-answered' | 'no-push';
  /**
   * Whether the user says that the push appeared in the certificate's app; null if
   * unknown or not asked.
   */
  readonly appConfirmed: boolean | null;
  /** From the push to its answer. */
  readonly seconds: number;
}

export interface OpenProof {
  readonly user: string;
  /**
   * Without a terminal: fails if signing in takes more than a push. No phone rings.
   * @throws {CliError} prompt-unavailable
   */
  rehearse(): Promise<void>;
  /**
   * @param topic of the app that should show the push; null: unknown
   * @throws {CliError} those of signInByPush
   */
  prove(topic: string | null): Promise<Proof>;
}

/** The user whose phone will ring. */
export interface Called {
  readonly tenant: string;
  readonly user: string;
  /** Whether it is known to be who is signed in. */
  readonly isOwn: boolean;
}

/**
 * A proof by that user's phone.
 * @param seconds its time limit
 * @throws {CliError} usage
 */
export function openProof(
  { tenant, user, isOwn }: Called,
  seconds: number,
  network: Network,
  context: Context,
): OpenProof {
  const person = personAtTerminal(context, isOwn ? null : user);
  const withPush = <Result>(work: (push: PushContext) => Promise<Result>): Promise<Result> =>
    withPushContext(network, seconds, context, (push) => work({ ...push, person }));
  return {
    user,
    async rehearse() {
      const { requirePushFirst } = await import('../auth/factors/sign-in-by-push.ts');
      return withPush((push) => requirePushFirst(tenant, user, push));
    },
    async prove(topic) {
      const { signInByPush } = await import('../auth/factors/sign-in-by-push.ts');
      announceSignIn(tenant, user, context);
      const { words, ...seen } = await withPush((push) => signInByPush(tenant, user, push));
      if (words !== null && seen.outcome !== 'approved')
        context.terminal.note(`${tenant} says: ${words}`);
      const appConfirmed = seen.outcome === 'approved' ? await askApp(topic, context) : null;
      const { mechanism, outcome } = seen;
      return { tenant, user, mechanism, outcome, appConfirmed, seconds: seen.seconds };
    },
  };
}

/**
 * Asks whether a user other than oneself expects the push.
 * @throws {CliError} prompt-unavailable; interrupted: they do not
 */
export async function requireExpected(user: string, { prompt }: Context): Promise<void> {
  const isExpected = await prompt.confirm({
    message: `${user}'s phone will ring. Are they expecting it?`,
    initial: false,
    unavailable: `mfa-cli cannot tell whether ${user} is the signed-in user. It rings another user's phone only after you confirm it in a terminal`,
  });
  if (!isExpected) throw new CliError('interrupted', 'No push was sent');
}

async function withPushContext<Result>(
  network: Network,
  seconds: number,
  context: Context,
  work: (push: Omit<PushContext, 'person'>) => Promise<Result>,
): Promise<Result> {
  const { signal, terminal } = context;
  const patience = seconds * 1000;
  const source = await context.httpSource({
    caFile: network.caFile,
    signal: new AbortController().signal,
  });
  const parted = Math.min(answerGrace, network.timeout);
  const parting = () => source.open(signal.aborted ? parted : network.timeout);
  return work({
    http: await context.http(network),
    patientHttp: await context.http({ ...network, timeout: patience, silent: true }),
    parting: {
      async send(request) {
        const http = parting();
        return http.send(request).finally(() => http.close());
      },
    },
    isAtTerminal: terminal.interactive,
    signal,
    patience,
  });
}

/**
 * Asks the user which app showed the push: no call reports it.
 * @throws {CliError} interrupted
 */
async function askApp(
  topic: string | null,
  { terminal, prompt }: Context,
): Promise<boolean | null> {
  if (!terminal.interactive) return null;
  const app = await prompt.select({
    message: 'In which app did the push appear?',
    choices: [
      { value: 'unknown', name: 'I do not know' },
      { value: 'own', name: topic === null ? "Your company's own app" : onOneLine(topic) },
      { value: 'other', name: "Another app, such as the vendor's" },
    ],
    unavailable: 'The app must be confirmed in a terminal',
  });
  return app === 'unknown' ? null : app === 'own';
}

/** A sentence for the outcome, without a period. */
export function verdictOf(proof: Proof): string {
  return verdicts[proof.outcome]({ ...proof, user: onOneLine(proof.user) });
}

const verdicts: Readonly<Record<Proof['outcome'], (proof: Proof) => string>> = {
  approved: approvedWords,
  denied: ({ user }) => `The push sign-in for ${user} was denied`,
  'not-approved': ({ user }) => `The push sign-in for ${user} was not approved`,
  'not-answered': ({ user, seconds }) =>
    `The push sign-in for ${user} was not answered within ${seconds} s`,
  'no-push': ({ user }) => `The tenant sent ${user} no push`,
};

function approvedWords({ user, appConfirmed }: Proof): string {
  if (appConfirmed === false)
    return `Approved, but not in the certificate's app: nothing is proven for or against the certificate (push sign-in for ${user})`;
  const approved = `A push sign-in for ${user} was approved`;
  if (appConfirmed === true) return `${approved} in the certificate's app`;
  return `${approved}, in an unknown app: the certificate is not proven`;
}

const doubts: Readonly<Record<Proof['outcome'], string | null>> = {
  approved: null,
  denied:
    'A denial proves nothing about the certificate: the tenant does not report which app showed the push.',
  'not-approved':
    'The tenant does not say whether the user denied it or it failed for another reason.',
  'not-answered':
    'The push may not have arrived. Ask the user whether the phone rang; `mfa-cli apns verify` checks the certificate with APNs.',
  'no-push':
    "Possible causes: the user has no enrolled phone, the sign-in policy asks for something else, or the company's identity provider signs this user in.",
};

/** @param proven the certificate that it proves, in words; null: none or unknown */
export function formatProof(proof: Proof, style: Style, proven: string | null = null): string {
  const { tenant, mechanism, outcome, appConfirmed, seconds } = proof;
  const isApproved = outcome === 'approved';
  const seen = verdictOf(proof);
  const head = style.verdict(
    markOf(proof),
    proven === null ? seen : `${proven}: ${seen.replace(/^A /, 'a ')}`,
  );
  const apps = {
    true: "the certificate's app, according to you",
    false: 'another app, according to you',
    null: 'unknown: the tenant does not report which app showed the push',
  };
  const fields = formatFields(
    [
      ['Tenant', tenant],
      ['Mechanism', mechanism === null ? null : `push (${onOneLine(mechanism)})`],
      ['Answered', isApproved ? `after ${seconds} s` : null],
      ['Appeared in', isApproved ? apps[`${appConfirmed}`] : null],
    ],
    style,
  );
  const caveat = proven === null ? '' : rehearsalCaveat(tenant).trim();
  const doubt = doubts[outcome] ?? (caveat === '' ? null : caveat);
  return `${head}\n\n${fields}${doubt === null ? '' : `\n${doubt}\n`}`;
}

/** An approval in another app is no success of the certificate. */
function markOf({ outcome, appConfirmed }: Proof): Mark {
  if (outcome !== 'approved') return 'error';
  return appConfirmed === false ? 'warning' : 'ok';
}
