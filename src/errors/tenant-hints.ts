import type { Hints } from './entry.ts';
import { destination, fileWord, givenProfile, givenTenant, mfaCli } from './hint.ts';

export const addressForms = 'https://abc1234.id.cyberark.cloud or https://abc1234.my.idaptive.app';

export const whereTheTenantIs =
  'An administrator finds it in the admin portal: Settings > Customization > Tenant URLs.';

export interface StepFacts {
  readonly step?: string;
  /** The administrative right that the step needs. */
  readonly right?: string;
}

type ParameterForm = (typeof parameterForms)[number];
const parameterForms = ['json', 'form', 'query'] as const;

export interface RefusedFacts extends StepFacts {
  /** The forms in which the tenant did not find a parameter that it names. */
  readonly tried?: readonly ParameterForm[];
  /** A page, perhaps of a proxy, in place of the tenant's words. */
  readonly answer?: 'page';
  /** The tenant names a parameter that it got as JSON alone. */
  readonly form?: 'untried';
  /** The tenant wants a password, and the file has none. */
  readonly lacks?: 'password';
  /** The file that the tenant cannot open. */
  readonly file?: RefusedFile;
}

/** A .p12 that the tenant cannot open. */
interface RefusedFile {
  /** Null: it came from stdin or a variable. */
  readonly path: string | null;
  /** The codes of its findings. */
  readonly findings: readonly string[];
}

export interface ForbiddenFacts extends StepFacts {
  readonly messageId?: string;
  /**
   * `devices`: a request that reads phones was refused; `scope`: only the scope is small.
   */
  readonly lacks?: 'devices' | 'scope';
  /** The path of the refused API; undefined: the two of push certificates. */
  readonly path?: string;
}

/** Facts of an address that is not the tenant's. */
export interface AddressFacts {
  /** Set if the address is a portal's, with an unknown identity host. */
  readonly portal?: true;
}

export interface NotJsonFacts extends AddressFacts {
  /**
   * The tenant has answered at this address before; `sign-in`: to the browser, just now.
   */
  readonly answered?: 'before' | 'sign-in';
}

/**
 * The hints for a failed step of `bootstrap`; null outside `bootstrap`.
 * @param lacking if the user may lack the right for the step
 */
export function stepHints({ step, right = '' }: StepFacts, lacking?: 'right'): Hints | null {
  if (step === undefined) return null;
  return [
    lacking && needsRight('This step', right),
    lacking && {
      text:
        'Or run it as another administrator: {command}, ' +
        'with MFA_CLI_TOKEN and MFA_CLI_CLIENT_SECRET unset.',
      command: mfaCli('bootstrap', givenTenant, givenProfile, '--user', 'NAME'),
    },
    'Run the command again. It repeats no finished step.',
  ];
}

/** Who can give a right. @param needing begins the sentence */
function needsRight(needing: string, right: string): string {
  return (
    `${needing} needs the administrative right "${right}". ` +
    'Ask a System Administrator, who has it, to add the signed-in user to a role with it.'
  );
}

/** The calls that `bootstrap` allows, and the option for each. */
const widening = [
  [/^\/(Core\/GetTenantConfig|TenantConfig\/GetAdvancedConfig)$/i, ['--read-back']],
  [/^\/RedRock\/query$/i, ['--devices']],
  [/^\/(Mobile\/.*ApnsCertForClientApp|Security\/WhoAmI)$/i, []],
] as const;

/** @param path of the API; without one, the two of push certificates */
function scopeHints(path = '/Mobile/(Set|Delete)ApnsCertForClientApp'): Hints {
  const line = `/?${path.replace(/^\/+/, '')}`;
  const found = widening.find(([pattern]) => pattern.test(path));
  if (found === undefined)
    return [
      `Allow this REST API (a regular expression) in the scope of the OAuth ` +
        `application: ${line}.`,
    ];
  return [
    {
      text: 'Allow the REST API {line} in the scope of the OAuth application: {command}.',
      values: { line },
      command: mfaCli('bootstrap', ...found[1], givenTenant, givenProfile),
    },
  ];
}

export function rightHints({ lacks, path }: ForbiddenFacts): Hints {
  if (lacks === 'scope') return scopeHints(path);
  if (lacks === 'devices')
    return [
      {
        text: 'Check that the session is still valid: {command}.',
        command: mfaCli('whoami', ...destination),
      },
      needsRight('The table of devices', 'Device Management'),
      {
        text:
          'Allow the REST API /?RedRock/query in the scope of the OAuth application: ' +
          '{command}.',
        command: mfaCli('bootstrap', '--devices', givenTenant, givenProfile),
      },
    ];
  return [
    needsRight('A change of a push certificate', 'Device Management'),
    'Allow this REST API (a regular expression) in the scope of the OAuth application: ' +
      '/?Mobile/(Set|Delete)ApnsCertForClientApp.',
  ];
}

export function refusalHints({ tried, answer, form, lacks, file }: RefusedFacts): Hints {
  const others = parameterForms.filter((form) => !tried?.includes(form));
  return [
    tried !== undefined &&
      `The tenant did not find the parameters. Try --send-as ${others.join(' or ')}. ` +
        'With a query, the .p12 and its password are part of the URL, which servers log.',
    answer === 'page' &&
      'This response did not come from a tenant. ' +
        'If there is a proxy or firewall in between, ask whoever runs it.',
    form === 'untried' && 'If the tenant did not find a parameter, try --send-as form.',
    lacks === 'password' && {
      text: 'The file has no password. Create one with a password: {command}.',
      command: mfaCli(
        'apns',
        'convert',
        fileWord(file?.path),
        '--format',
        'p12',
        '--new-password-file',
        'PASSWORD-FILE',
        '--out',
        'new.p12',
      ),
    },
    ...(file === undefined || lacks !== undefined ? [] : fileHints(file)),
  ];
}

function fileHints({ path, findings }: RefusedFile): Hints {
  const isKeyless = findings.includes('private-key-missing') || findings.includes('key-mismatch');
  const convert = (option: string, value: string) =>
    mfaCli('apns', 'convert', fileWord(path), option, value, '--out', 'new.p12');
  return [
    isKeyless &&
      'The file lacks the private key of its certificate. ' +
        'Export the certificate and its key together as one .p12.',
    !isKeyless &&
      findings.includes('encryption-modern') && {
        text:
          'The password opens the file on this machine, ' +
          'but Windows Server 2016 and older cannot read AES. Convert the file: {command}.',
        command: convert('--encryption', 'legacy'),
      },
    findings.includes('iterations-high') && {
      text: 'The newest .NET loader rejects high iteration counts. Convert the file: {command}.',
      command: convert('--format', 'p12'),
    },
  ];
}

export function foreignHints(facts: NotJsonFacts): Hints {
  if (facts.answered === 'sign-in')
    return [
      'The browser came back from this tenant, so its address is right. ' +
        'A proxy may have answered: run the command again.',
    ];
  if (facts.answered === 'before')
    return [
      {
        text:
          'A proxy may have answered, or the tenant does not have this API. ' +
          'Run the command again, and check the answer with {command}.',
        command: mfaCli('api', 'POST', '/PATH', ...destination),
      },
    ];
  return addressHints(
    facts,
    `This is probably not the URL of the identity tenant. That URL looks like ${addressForms}.`,
  );
}

/** A portal in place of the tenant's address comes before the usual hint. */
export function addressHints({ portal }: AddressFacts, usual: string): Hints {
  if (portal)
    return [
      'This looks like the address of a portal. ' +
        'Use --tenant URL with the identity host, as in https://abc1234.id.cyberark.cloud.',
    ];
  return [usual];
}
