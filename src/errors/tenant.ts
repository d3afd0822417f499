import { type EndingSignal, entry, type Hints, waitLonger } from './entry.ts';

export const addressForms = 'https://abc1234.id.cyberark.cloud or https://abc1234.my.idaptive.app';

export interface StepFacts {
  readonly step?: string;
  /** The administrative right that the step needs. */
  readonly right?: string;
  /** How to do the step in the admin portal. */
  readonly byHand?: string;
}

interface RefusedFacts extends StepFacts {
  readonly messageId?: string;
  /** The tenant's complaint about the parameters: it may accept another form. */
  readonly parameters?: 'missing' | 'unreadable';
  /** The forms that were tried: `json form`. */
  readonly tried?: string;
  /** The codes of findings about a file that the tenant cannot open, separated by spaces. */
  readonly file?: string;
  /** Set for a request that reads phones, not a push certificate. */
  readonly lacks?: 'devices';
}

interface WayFacts {
  readonly proxyStatus?: string;
  /** Set if no byte was sent, so nothing reached the tenant. */
  readonly connected?: 'never';
  /** `wrong`: the server speaks another protocol on this port. */
  readonly port?: string;
}

/** A change without an answer. The exit code is the signal's if one ended the wait. */
interface UnknownFacts extends StepFacts {
  /** How often the request was sent, at least in part. */
  readonly tries?: number;
  readonly idempotent?: boolean;
  /** Why the answer is missing: a sentence without a period. */
  readonly reason?: string;
  readonly signal?: EndingSignal;
}

/** Facts of an address that is not the tenant's. */
interface AddressFacts extends WayFacts {
  /** Set if the address is a portal's, with an unknown identity host. */
  readonly portal?: true;
  readonly parameters?: 'missing' | 'unreadable';
  /** Set if the tenant has answered at this address before. */
  readonly answered?: 'before';
}

/** Errors of the tenant: exit code 6 if it refused, 7 if it was unreachable or did not speak the protocol. */
export const tenantErrors = {
  'tenant-refused': entry(6, (facts: RefusedFacts) => stepHints(facts) ?? refusalHints(facts)),
  'tenant-forbidden': entry(
    6,
    (facts: RefusedFacts) =>
      stepHints(facts, 'right') ??
      ((facts.lacks === 'devices' && [
        'Give the user a role with the administrative right "Device Management". Check that the session is still valid: `mfa-cli whoami`.',
        'Allow the REST API /?RedRock/query in the scope of the OAuth application: `mfa-cli bootstrap --devices`.',
      ]) || [
        'Give the user a role with the administrative right "Device Management" (System Administrator has it).',
        'Allow this REST API in the scope of the OAuth application: /?Mobile/(Set|Delete)ApnsCertForClientApp.',
      ]),
  ),
  'proof-failed': entry(8, () => [
    'The certificate stays set. Run the proof again with `mfa-cli apns prove`.',
  ]),
  'tenant-changed': entry(6, () => [
    'Run the command again: it makes a new plan from the current state of the tenant.',
  ]),
  'rate-limited': entry(6, () => ['Wait a minute and try again.']),
  'tenant-unreachable': entry(7, (facts: AddressFacts) =>
    addressHints(facts, 'Check the tenant URL, the network and HTTPS_PROXY.'),
  ),
  'tenant-timeout': entry(7, (facts: AddressFacts) => addressHints(facts, waitLonger)),
  'tenant-tls': entry(7, (facts: AddressFacts) =>
    addressHints(
      facts,
      facts.port === undefined
        ? 'If a proxy inspects TLS, give its CA with --ca-file PEM or MFA_CLI_CA_FILE.'
        : 'Check the port in the address.',
    ),
  ),
  'tenant-not-json': entry(7, (facts: AddressFacts) =>
    facts.answered === 'before'
      ? [
          'A proxy may have answered, or the tenant does not have this API. Run the command again, and check the answer with `mfa-cli api`.',
        ]
      : addressHints(
          facts,
          `This is probably not the URL of the identity tenant, which looks like ${addressForms}.`,
        ),
  ),
  'outcome-unknown': entry(7, (facts: UnknownFacts) => [
    `${facts.reason}.`,
    ...(stepHints(facts) ?? [
      facts.idempotent
        ? 'Run the command again: it is safe to repeat.'
        : 'Check the current state of the tenant before you run the command again. mfa-cli did not repeat the request.',
    ]),
  ]),
  'issuer-failed': entry(7, ({ started }: { readonly started?: boolean }) => [
    started === false
      ? 'Give an executable program with --issuer PROGRAM, and its arguments with --issuer-arg.'
      : 'If the issuer issued a certificate, save it in the directory of the renewal. To run the issuer again for this request, add --issue-again.',
  ]),
  'tenant-redirected': entry(7, (_facts: WayFacts) => [
    "Use the tenant's own address, not the address of a portal: mfa-cli never follows redirects.",
  ]),
};

/**
 * The hints for a failed step of `bootstrap`; null outside `bootstrap`.
 * @param lacking if the user may lack the right for the step
 */
export function stepHints({ step, right = '', byHand = '' }: StepFacts, lacking?: 'right'): Hints | null {
  if (step === undefined) return null;
  return [
    lacking &&
      `This step needs the administrative right "${right}" (System Administrator has it). Give the user a role with it.`,
    `By hand, in the admin portal: ${byHand}.`,
    'Then run the command again: it keeps the finished steps.',
  ];
}

function refusalHints({ tried, file = '' }: RefusedFacts): Hints {
  const others = ['json', 'form', 'query'].filter((form) => !tried?.split(' ').includes(form));
  const isKeyless = file.includes('private-key-missing') || file.includes('key-mismatch');
  return [
    tried !== undefined &&
      `The tenant did not find the parameters. Try --send-as ${others.join(' or ')}. A query is part of the URL, which servers log.`,
    isKeyless &&
      'The file lacks the private key of its certificate. Export the certificate and its key together as one .p12.',
    !isKeyless &&
      file.includes('encryption-modern') &&
      'The password opens the file on this machine, but Windows Server 2016 and older cannot read AES. Convert the file: `mfa-cli apns convert cert.p12 --encryption legacy --out new.p12`.',
    file.includes('iterations-high') &&
      'The newest .NET loader rejects high iteration counts. Convert the file: `mfa-cli apns convert cert.p12 --format p12 --out new.p12`.',
  ];
}

/** A portal in place of the tenant's address comes before the usual hint. */
function addressHints({ portal }: AddressFacts, usual: string): Hints {
  if (portal)
    return [
      'This looks like the address of a portal. Give the identity host with --tenant URL, as in https://abc1234.id.cyberark.cloud.',
    ];
  return [usual];
}
