import { type EndingSignal, type ErrorEntries, waitLonger } from './entry.ts';
import { type CommandWord, destination, mfaCli } from './hint.ts';
import {
  type AddressFacts,
  addressForms,
  addressHints,
  type ForbiddenFacts,
  foreignHints,
  type NotJsonFacts,
  type RefusedFacts,
  refusalHints,
  rightHints,
  type StepFacts,
  stepHints,
  whereTheTenantIs,
} from './tenant-hints.ts';

/** A change without an answer. The exit code is the signal's if one ended the wait. */
interface UnknownFacts extends StepFacts {
  /** How often the request was sent, at least in part. */
  readonly tries?: number;
  readonly idempotent?: boolean;
  /** Why the answer is missing, or the last one: a sentence without a period. */
  readonly reason?: string;
  /** Set if nothing has shown yet that the host is a tenant. */
  readonly host?: 'unproven';
  readonly signal?: EndingSignal;
}

interface UnreachableFacts extends AddressFacts {
  /** The HTTP status of a proxy that refused the connection. */
  readonly proxyStatus?: number;
  /** `wrong`: the server speaks another protocol on this port. */
  readonly port?: 'wrong';
  /** The host, if it is one word without a domain. */
  readonly bareHost?: string;
}

interface TlsFacts extends AddressFacts {
  readonly port?: 'wrong';
}

interface ListenerFacts {
  /** Another user's, or nobody's that the system names. */
  readonly listener?: 'other' | 'unknown';
}

interface RedirectFacts {
  /** `own`: at the host that was asked. */
  readonly place?: 'own' | 'other';
}

interface IssuerFacts {
  /** Whether the program could be started. */
  readonly started?: boolean;
}

interface MissingProofFacts {
  /** The command that a person runs. */
  readonly prove?: readonly CommandWord[];
}

/** Errors of the tenant, and of the issuer of a renewal. */
export const tenantErrors = {
  'tenant-refused': {
    area: 'tenant',
    exitCode: 6,
    hints: (facts: RefusedFacts) => stepHints(facts) ?? refusalHints(facts),
  },
  'tenant-forbidden': {
    area: 'tenant',
    exitCode: 6,
    hints: (facts: ForbiddenFacts) => stepHints(facts, 'right') ?? rightHints(facts),
  },
  'proof-failed': {
    area: 'tenant',
    exitCode: 8,
    hints: () => [
      {
        text: 'The certificate stays set. Run the proof again with {command}.',
        command: mfaCli('apns', 'prove', ...destination),
      },
    ],
  },
  'proof-missing': {
    area: 'tenant',
    exitCode: 8,
    hints: ({
      prove = mfaCli('apns', 'prove', '--tenant', 'URL', '--record', 'FILE'),
    }: MissingProofFacts) => [
      {
        text:
          'A person must run {command}, in a terminal, and confirm the app. If the ledger is in ' +
          'a repository, commit the new line. Then run this again.',
        command: prove,
      },
    ],
  },
  'tenant-changed': {
    area: 'tenant',
    exitCode: 6,
    hints: () => [
      'Run the command again. It creates a new plan from the current state of the tenant.',
    ],
  },
  'rate-limited': {
    area: 'tenant',
    exitCode: 6,
    hints: () => ['Wait a minute and try again.'],
  },
  'tenant-unreachable': {
    area: 'tenant',
    exitCode: 7,
    hints: (facts: UnreachableFacts) => [
      facts.bareHost !== undefined &&
        'Use the whole host of the tenant, such as ' +
          `\`--tenant ${facts.bareHost}.id.cyberark.cloud\`. ${whereTheTenantIs}`,
      ...addressHints(facts, 'Check the tenant URL, the network and HTTPS_PROXY.'),
    ],
  },
  'tenant-timeout': {
    area: 'tenant',
    exitCode: 7,
    hints: (facts: AddressFacts) => addressHints(facts, waitLonger),
  },
  'tenant-tls': {
    area: 'tenant',
    exitCode: 7,
    hints: (facts: TlsFacts) =>
      addressHints(
        facts,
        facts.port === undefined
          ? 'If a proxy inspects TLS, use --ca-file PEM with its CA, or set MFA_CLI_CA_FILE.'
          : 'Check the port in the address.',
      ),
  },
  'tenant-not-json': {
    area: 'tenant',
    exitCode: 7,
    hints: (facts: NotJsonFacts) => foreignHints(facts),
  },
  'listener-not-yours': {
    area: 'tenant',
    exitCode: 7,
    hints: ({ listener }: ListenerFacts) => [
      'Check the tenant URL. Nothing was sent. If your emulator has ended, start it again ' +
        'on another port with --port N.',
      listener === 'unknown' &&
        'If the program is yours, set MFA_CLI_UNKNOWN_PEERS=1 to send to it anyway.',
    ],
  },
  'outcome-unknown': {
    area: 'tenant',
    exitCode: 7,
    hints: (facts: UnknownFacts) => [
      facts.reason !== undefined && `${facts.reason}.`,
      facts.host === 'unproven' &&
        'This host has not answered as a tenant before. ' +
          `The URL of a tenant looks like ${addressForms}.`,
      ...(stepHints(facts) ?? [
        facts.idempotent
          ? 'Run the command again, unless someone else has set this key since: ' +
            'it would replace their certificate. If the tenant reports its latest client app key ' +
            'and topic, `mfa-cli apns status --refresh` shows them.'
          : 'Check the current state of the tenant before you run the command again. ' +
            'mfa-cli did not repeat the request.',
      ]),
    ],
  },
  'issuer-failed': {
    area: 'program',
    exitCode: 7,
    hints: ({ started }: IssuerFacts) => [
      started === false
        ? 'Use --issuer PROGRAM with an executable, and --issuer-arg for each argument.'
        : 'If the issuer issued a certificate, save it in the directory of the renewal. ' +
          'To run the issuer again for this request, add --issue-again.',
    ],
  },
  'tenant-redirected': {
    area: 'tenant',
    exitCode: 7,
    hints: ({ place }: RedirectFacts) => [
      place === 'own'
        ? {
            text:
              'mfa-cli never follows redirects. ' +
              'A tenant may redirect to its sign-in page if it rejects the session. Check ' +
              'the session with {command}.',
            command: mfaCli('whoami', ...destination),
          }
        : "Use the tenant's own address, not the address of a portal: " +
          'mfa-cli never follows redirects.',
    ],
  },
} as const satisfies ErrorEntries;
