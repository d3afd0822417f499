import { entry, type Hints, waitLonger } from './entry.ts';

/** How the address of an identity host looks. */
export const addressForms = 'https://abc1234.id.cyberark.cloud or https://abc1234.my.idaptive.app';

/** The step of `bootstrap` that failed. */
export interface StepFacts {
  readonly step?: string;
  /** The administrative right that it takes. */
  readonly right?: string;
  /** How it is done in the admin portal. */
  readonly byHand?: string;
}

interface RefusedFacts extends StepFacts {
  /** The tenant's `MessageID`. */
  readonly messageId?: string;
  /** What the tenant found wrong with the parameters: it may take them in another form. */
  readonly parameters?: 'missing' | 'unreadable';
  /** The forms that were tried: `json form`. */
  readonly tried?: string;
  /** The codes of the findings of a file that the tenant cannot open. */
  readonly file?: string;
  /** What the request reads, if it is not about a push certificate. */
  readonly lacks?: 'devices';
}

interface WayFacts {
  /** The HTTP status by which a proxy refused. */
  readonly proxyStatus?: string;
  /** Nothing was written, so that nothing can have reached the tenant. */
  readonly connected?: 'never';
  /** The npm registry was asked, and no tenant. */
  readonly registry?: true;
}

/** A change whose answer is missing. Ends with 130 or 143 where a signal ended the wait. */
interface UnknownFacts extends StepFacts {
  /** How often anything of it was written. */
  readonly tries?: number;
  readonly idempotent?: boolean;
  /** Why there is no answer: a sentence without a period. */
  readonly reason?: string;
  readonly signal?: 'SIGINT' | 'SIGTERM';
}

/** What was given in place of the tenant's address. */
interface AddressFacts extends WayFacts {
  readonly tenantName?: string;
  /** That of the tenant with this name. */
  readonly identityHost?: string;
  /** The address is a portal's, and its identity host is not known. */
  readonly portal?: true;
  readonly parameters?: 'missing' | 'unreadable';
  /** It is a tenant's: it has answered as one. */
  readonly answered?: 'before';
}

/** The errors of a tenant that refused, which end with 6, and of one that was not reached or spoke otherwise: 7. */
export const tenantErrors = {
  'tenant-refused': entry(6, (facts: RefusedFacts) => stepHints(facts) ?? refusalHints(facts)),
  'tenant-forbidden': entry(
    6,
    (facts: RefusedFacts) =>
      stepHints(facts, 'right') ??
      ((facts.lacks === 'devices' && [
        'The user needs a role with the administrative right "Device Management", and the session may have ended: `mfa-cli whoami` tells.',
        'The scope of the OAuth application must allow the REST API /?RedRock/query: `mfa-cli bootstrap --devices` adds it.',
      ]) || [
        'The user needs a role with the administrative right "Device Management" (System Administrator has it).',
        'The scope of the OAuth application must allow the REST API: /?Mobile/(Set|Delete)ApnsCertForClientApp.',
      ]),
  ),
  'proof-failed': entry(8, () => [
    'The certificate stays set. `mfa-cli apns prove` proves it once more, without another set.',
  ]),
  'tenant-changed': entry(6, () => ['Run it again: it is planned anew from what is there now.']),
  'rate-limited': entry(6, () => ['Wait a minute and try again.']),
  'tenant-unreachable': entry(7, (facts: AddressFacts) =>
    addressHints(
      facts,
      'Check the tenant URL, the network and HTTPS_PROXY.',
      'Check the network and HTTPS_PROXY, or name a mirror with MFA_CLI_REGISTRY.',
    ),
  ),
  'tenant-timeout': entry(7, (facts: AddressFacts) => addressHints(facts, waitLonger)),
  'tenant-tls': entry(7, (facts: AddressFacts) =>
    addressHints(
      facts,
      'Behind a proxy that inspects TLS, name its CA with --ca-file PEM or MFA_CLI_CA_FILE.',
    ),
  ),
  'tenant-not-json': entry(7, (facts: AddressFacts) =>
    facts.answered === 'before'
      ? [
          'Something between here and the API may have answered, or the tenant does not have this call: run it again, and look at the answer with `mfa-cli api`.',
        ]
      : addressHints(
          facts,
          `The URL is probably not that of the identity tenant: it looks like ${addressForms}.`,
          'Name the address of an npm registry with MFA_CLI_REGISTRY.',
        ),
  ),
  'outcome-unknown': entry(7, (facts: UnknownFacts) => [
    `${facts.reason}.`,
    ...(stepHints(facts) ?? [
      facts.idempotent
        ? 'Run it again: the same once more does no harm.'
        : 'Look at what the tenant holds before you run it again: it was not sent again by itself.',
    ]),
  ]),
  'issuer-failed': entry(7, ({ started }: { readonly started?: boolean }) => [
    started === false
      ? 'Name a program that can be run with --issuer PROGRAM; its arguments go with --issuer-arg.'
      : 'It may have issued a certificate: save it in the directory of the renewal. For this request the issuer is run again only with --issue-again.',
  ]),
  'tenant-redirected': entry(7, ({ registry }: WayFacts) => [
    registry
      ? 'Name the address that it leads to with MFA_CLI_REGISTRY: redirects are never followed.'
      : 'Use the address that the tenant itself has, without a portal in front: redirects are never followed.',
  ]),
};

/**
 * What helps where a step of `bootstrap` failed; null anywhere else.
 * @param lacking says that it may have failed for want of a right
 */
export function stepHints({ step, right = '', byHand = '' }: StepFacts, lacking?: 'right'): Hints | null {
  if (step === undefined) return null;
  return [
    lacking &&
      `The user lacks a right for this step: it takes the administrative right "${right}" (System Administrator has it).`,
    `By hand, in the admin portal: ${byHand}.`,
    'Run it again then: it goes on from what is there.',
  ];
}

function refusalHints({ tried, file = '' }: RefusedFacts): Hints {
  const others = ['json', 'form', 'query'].filter((form) => !tried?.split(' ').includes(form));
  return [
    tried !== undefined &&
      `The tenant did not find the parameters where they were sent: try --send-as ${others.join(' or ')}. A query is part of an address, and addresses end up in logs.`,
    file.includes('encryption-modern') &&
      'The password opens the file here; Windows Server 2016 and older reject it when the file is encrypted with AES: make another with `mfa-cli apns convert --format p12 --encryption legacy`.',
    file.includes('iterations-high') &&
      'The newest .NET loader refuses high iteration counts: make another file with `mfa-cli apns convert --format p12`.',
  ];
}

/** Where a tenant's name or its portal was given in place of its address, that is what is to be mended. */
function addressHints(
  { tenantName, identityHost, portal, registry }: AddressFacts,
  usual: string,
  ofRegistry?: string,
): Hints {
  if (registry && ofRegistry !== undefined) return [ofRegistry];
  if (portal)
    return [
      'This is how the address of a portal looks: give the identity host, https://abc1234.id.cyberark.cloud, with --tenant URL.',
    ];
  if (identityHost !== undefined)
    return [`The identity host of the tenant "${tenantName}" is ${identityHost}: give it with --tenant URL.`];
  return [
    tenantName === undefined ? usual : `Give the address with --tenant URL: it looks like ${addressForms}.`,
  ];
}
