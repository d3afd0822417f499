import { type EndingSignal, type ErrorEntries, type Hints, passwordSources } from './entry.ts';
import { type DoubtFacts, hintOfOwnerless } from './file.ts';
import { type CommandWord, destination, type Hint, mfaCli } from './hint.ts';
import { whereTheTenantIs } from './tenant-hints.ts';

/** An option and the variable that can stand for it. */
interface NeededOption {
  readonly option?: string | undefined;
  readonly variable?: string | undefined;
}

interface UsageFacts extends NeededOption {
  /** The command to get help on: `['mfa-cli', 'apns', 'set']`. */
  readonly command?: readonly string[];
  /** The secret that was given as an option. */
  readonly secret?: string;
  readonly fix?: string | Hint;
  /** Several missing options. */
  readonly options?: readonly NeededOption[];
  /** Several settings that a pipeline lacks. */
  readonly lacks?: readonly RequiredSetting[];
}

interface PromptFacts extends NeededOption {
  /** The secret asked for: the password of the .p12, or an administrator's. */
  readonly secret?: 'password' | 'administrator';
}

interface ExistingFacts {
  /** The option that names the file. */
  readonly option?: string;
}

interface UntrustedFacts extends DoubtFacts {
  /** The command that plans the fleet. */
  readonly plan?: readonly CommandWord[];
  /** Set if an answer in a terminal would be enough. */
  readonly review?: true;
  /** Whether the user was asked, and said no. */
  readonly declined?: true;
  /** Whether this user trusted an earlier content. The lines then tell the changes. */
  readonly changed?: true;
}

interface ChangedPlanFacts {
  /** The command that plans the fleet. */
  readonly plan?: readonly CommandWord[];
}

interface InterruptedFacts {
  /** Its exit code is the error's. */
  readonly signal?: EndingSignal;
}

/** Errors of the command line, of fleet files, bugs and interrupts. */
export const usageErrors = {
  'internal-error': {
    area: 'program',
    exitCode: 1,
    hints: () => [
      'This is a bug in mfa-cli. Run the command again with --debug, and report the output.',
    ],
  },
  usage: {
    area: 'usage',
    exitCode: 2,
    hints: usageHints,
  },
  'prompt-unavailable': {
    area: 'usage',
    exitCode: 2,
    hints: ({ option, secret }: PromptFacts) => [
      secret === 'administrator' && [
        'To sign in as a service user, set MFA_CLI_CLIENT_ID, ' +
          'and MFA_CLI_CLIENT_SECRET or MFA_CLI_CLIENT_SECRET_FILE.',
        "Or set MFA_CLI_TOKEN to an administrator's access token.",
      ],
      secret === 'password' && passwordSources,
      option !== undefined && `Without a terminal, add ${option}.`,
      option === undefined && secret === undefined && 'Run the command in a terminal.',
    ],
  },
  'file-exists': {
    area: 'file',
    exitCode: 2,
    hints: ({ option }: ExistingFacts) => [
      option === undefined
        ? 'Choose another name, or replace it with --force.'
        : `Choose another name with ${option}, or remove the file.`,
    ],
  },
  'fleet-untrusted': {
    area: 'fleet',
    exitCode: 2,
    hints: ({ remedy, ownerless, plan = mfaCli('fleet', 'plan'), review }: UntrustedFacts) => [
      ownerless !== undefined && hintOfOwnerless(ownerless),
      review && { text: 'Run {command} in a terminal to review it and trust it.', command: plan },
      remedy && { text: 'If you trust everything in the file, run {command}.', command: remedy },
      {
        text:
          'In a pipeline, review the file, and set MFA_CLI_TRUST_FLEET to the value of ' +
          '`trust` in {command}.',
        command: [...plan, '--json'],
      },
      '--trust accepts any content for this run. Do not use it if others can change the ' +
        'file, as in a pull request.',
    ],
  },
  'fleet-file-invalid': {
    area: 'fleet',
    exitCode: 2,
    hints: () => [{ text: 'See {command} for the format.', command: mfaCli('help', 'fleet-file') }],
  },
  'plan-changed': {
    area: 'fleet',
    exitCode: 4,
    hints: ({ plan = mfaCli('fleet', 'plan') }: ChangedPlanFacts) => [
      {
        text: 'Create a new plan with {command}, and have it approved.',
        command: [...plan, '--out', 'FILE.plan.json'],
      },
    ],
  },
  interrupted: {
    area: 'program',
    exitCode: 130,
    hints: (_facts: InterruptedFacts) => [],
  },
} as const satisfies ErrorEntries;

function usageHints(facts: UsageFacts): Hints {
  const { option, variable, command, secret, lacks = [], options = [], fix } = facts;
  return [
    secret === undefined ? [] : (secretHints[secret] ?? []),
    fix,
    lacks.map((name) => requiredSettings[name]),
    options.flatMap((each) => given(each) ?? []),
    given({ option, variable }),
    option !== undefined && variable === 'MFA_CLI_TENANT' && whereTheTenantIs,
    command && { text: 'See {command}.', command: [...command, '--help'] },
  ];
}

/** Settings that a pipeline may lack, and how to provide each. */
const requiredSettings = {
  tenant: `Tenant: use --tenant URL, or set MFA_CLI_TENANT. ${whereTheTenantIs}`,
  credentials: {
    text:
      'Credentials: use --client-id ID or set MFA_CLI_CLIENT_ID, ' +
      'and set MFA_CLI_CLIENT_SECRET or MFA_CLI_CLIENT_SECRET_FILE. Or set MFA_CLI_TOKEN. ' +
      'A person runs {command} once, in a terminal.',
    command: mfaCli('login', ...destination),
  },
  p12: 'The .p12: use --p12 FILE, or set MFA_CLI_P12 or MFA_CLI_P12_BASE64.',
  key: 'The client app key: use --client-app-key KEY, or set MFA_CLI_CLIENT_APP_KEY.',
  yes: 'The confirmation: add --yes.',
  password:
    'The password of the .p12, if it has one: use --password-file FILE, or set ' +
    'MFA_CLI_P12_PASSWORD.',
} satisfies Readonly<Record<string, string | Hint>>;
export type RequiredSetting = keyof typeof requiredSettings;

/** Where a secret belongs, by the option that was given. */
const secretHints: Readonly<Record<string, readonly (string | Hint)[]>> = {
  password: [passwordSources, 'In a terminal, mfa-cli prompts for it.'],
  token: [
    {
      text: 'Set MFA_CLI_TOKEN to the access token, or sign in: {command}.',
      command: mfaCli('login', '--help'),
    },
  ],
  'client-secret': [
    'Set MFA_CLI_CLIENT_SECRET to the client secret, or MFA_CLI_CLIENT_SECRET_FILE to its file.',
  ],
};

function given({ option, variable }: NeededOption): string | undefined {
  if (option === undefined) return variable && `Set ${variable}.`;
  return variable === undefined ? `Use ${option}.` : `Use ${option}, or set ${variable}.`;
}
