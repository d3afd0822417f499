import { CliError } from '../../errors/cli-error.ts';

/** The wanted state of a tenant. */
export interface Wanted {
  /** Application ID of the OAuth application. */
  readonly appId: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Name of the scope. */
  readonly scope: string;
  /** Whether the scope allows the calls that read settings back. */
  readonly readBack: boolean;
  /** Whether the scope allows the call that lists the enrolled phones. */
  readonly devices: boolean;
  /** Name of the role. */
  readonly role: string;
  /** Description of the right to manage push certificates; null: chosen from the tenant's list. */
  readonly right: string | null;
  /** Name of the user to add to the role; null: none. */
  readonly member: string | null;
  /** Name of the service user for pipelines; null: none. */
  readonly serviceUser: string | null;
  /** File for its password. */
  readonly secretFile: string | null;
}

/** Marks everything that `bootstrap` makes. */
export const madeByUs = 'Made by mfa-cli bootstrap.';

/** Whether a description has the mark of `bootstrap`. */
export function isOurs(description: unknown): boolean {
  return typeof description === 'string' && description.includes(madeByUs);
}

/** An application's clients are all confidential or all public, so pipelines need an application of their own. */
export function pipelineAppId({ appId }: Pick<Wanted, 'appId'>): string {
  return `${appId}-pipelines`;
}

/** The display name by which the service user is recognized. */
export function serviceUserTitle({ appId }: Pick<Wanted, 'appId'>): string {
  return `Pipelines of ${appId}. ${madeByUs}`;
}

/** Regular expressions for the REST calls that the commands need, in the vendor's own form. */
export function neededApis({ readBack, devices }: Pick<Wanted, 'readBack' | 'devices'>): readonly string[] {
  return [
    ...['/?Mobile/(Set|Delete)ApnsCertForClientApp', '/?Security/WhoAmI'],
    ...(readBack ? ['/?Core/GetTenantConfig', '/?TenantConfig/GetAdvancedConfig'] : []),
    ...(devices ? ['/?RedRock/query'] : []),
  ];
}

const apps = 'Apps & Widgets > Web Apps (newer: Manage > Identities > Web apps)';
const roles = 'Core Services > Roles';
const [applications, ofRoles, users] = ['Application Management', 'Role Management', 'User Management'];

/** The steps in their order: the administrative right that each needs, and how to create and remove its subject by hand. */
const table = {
  application: [
    applications,
    `${apps} > Add Web Apps > Custom > OAuth2 Client; Settings: Application ID; Tokens: JwtRS256, Auth Code, Issue refresh tokens`,
    `${apps} > the application > Actions > Delete; if bootstrap did not create it: its Scope, Allowed Clients and Allowed Redirects`,
  ],
  client: [applications, `${apps} > the application > General Usage: Client ID Type List, Allowed Clients`],
  redirect: [applications, `${apps} > the application > General Usage: Allowed Redirects`],
  scope: [applications, `${apps} > the application > Scope: Add`],
  role: [ofRoles, `${roles} > Add Role`, `${roles} > the role > Actions > Delete`],
  right: [ofRoles, `${roles} > the role > Administrative Rights > Add: Device Management`],
  permission: [
    applications,
    `${apps} > the application > Permissions > Add: the role, with View and Run`,
    `${apps} > the application > Permissions > the role > Delete`,
  ],
  member: [ofRoles, `${roles} > the role > Members > Add`],
  'pipeline-application': [
    applications,
    `${apps} > Add Web Apps > Custom > OAuth2 Client; General Usage: Client ID Type Confidential, Must be OAuth Client; Tokens: JwtRS256, Client Creds`,
    `${apps} > the application for pipelines > Actions > Delete`,
  ],
  'pipeline-permission': [
    applications,
    `${apps} > the application for pipelines > Permissions > Add: the role, with View and Run`,
  ],
  'service-user': [
    users,
    'Core Services > Users > Add User: Is service user, Is OAuth confidential client, Password never expires',
    'Core Services > Users > the service user > Actions > Delete',
  ],
  'service-member': [ofRoles, `${roles} > the role > Members > Add: the service user`],
} as const satisfies Record<string, readonly [right: string, byHand: string, taken?: string]>;

export type StepName = keyof typeof table;

export interface FieldChange {
  /** The vendor's name for it. */
  readonly field: string;
  /** Null: not set. */
  readonly old: unknown;
  readonly new: unknown;
}

/** One thing to create, change, keep or remove. */
export interface Step {
  readonly step: StepName;
  /** The tenant's name for it. */
  readonly name: string;
  readonly action: 'create' | 'change' | 'keep' | 'remove';
  readonly changes: readonly FieldChange[];
}

/** A step that creates, changes or keeps something. */
export function stepOf(
  step: StepName,
  name: string,
  exists: boolean,
  changes: readonly FieldChange[] = [],
): Step {
  return { step, name, action: !exists ? 'create' : changes.length > 0 ? 'change' : 'keep', changes };
}

/** Errors that explain themselves: no step is at fault. */
const ownWords = ['interrupted', 'usage', 'prompt-unavailable', 'file-exists', 'file-unwritable'];

/** Runs a part of a step; its failure names the step, the right it needs, and how to do it by hand. */
export async function atStep<T>(
  step: Pick<Step, 'step' | 'name'> & Partial<Step>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CliError) || ownWords.includes(error.code)) throw error;
    throw failedStep(step, error);
  }
}

export function failedStep(
  { step, name, action }: Pick<Step, 'step' | 'name'> & Partial<Step>,
  error: CliError,
): CliError {
  const [right, byHand, taken = byHand] = table[step] as readonly [string, string, string?];
  return new CliError(error.code, `Step ${step}${name === '' ? '' : ` (${name})`}: ${error.message}`, {
    cause: error,
    facts: { ...error.facts, step, right, byHand: action === 'remove' ? taken : byHand },
  });
}
