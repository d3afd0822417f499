/** What a tenant is to hold for mfa-cli. */
export interface Wanted {
  /** Application ID of the OAuth application. */
  readonly appId: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** Name of the scope. */
  readonly scope: string;
  /** Whether the scope is to allow the calls that read settings back. */
  readonly readBack: boolean;
  /** Name of the role. */
  readonly role: string;
  /** Description of the right to manage push certificates; null: the tenant's own list decides. */
  readonly right: string | null;
  /** Who is to be in the role; null: nobody. */
  readonly member: string | null;
  /** Name of the service user for pipelines; null: none. */
  readonly serviceUser: string | null;
}

/** Everything that is made bears it, so that it can be told from what others made. */
export const madeByUs = 'Made by mfa-cli bootstrap.';

/** A pipeline's client is confidential, which an application's clients all are or none: it needs one of its own. */
export function pipelineAppId({ appId }: Pick<Wanted, 'appId'>): string {
  return `${appId}-pipelines`;
}

/** What the service user is called, and known by. */
export function serviceUserTitle({ appId }: Pick<Wanted, 'appId'>): string {
  return `Pipelines of ${appId}. ${madeByUs}`;
}

const always = ['/?Mobile/(Set|Delete)ApnsCertForClientApp', '/?Security/WhoAmI'];
const readingBack = ['/?Core/GetTenantConfig', '/?TenantConfig/GetAdvancedConfig'];

/** The regular expressions of the REST APIs that our commands need: the vendor's own for the push certificate, and no more. */
export function neededApis({ readBack }: Pick<Wanted, 'readBack'>): readonly string[] {
  return readBack ? [...always, ...readingBack] : always;
}

/** What `bootstrap` makes, in the order in which it is made. */
export type StepName =
  | 'application'
  | 'client'
  | 'redirect'
  | 'scope'
  | 'role'
  | 'right'
  | 'permission'
  | 'member'
  | 'pipeline-application'
  | 'pipeline-permission'
  | 'service-user'
  | 'service-member';

export interface FieldChange {
  /** The vendor's name for it. */
  readonly field: string;
  /** Null: not there. */
  readonly old: unknown;
  readonly new: unknown;
}

/** One thing that is to be there, or to be there no longer. */
export interface Step {
  readonly step: StepName;
  /** What the tenant calls it. */
  readonly name: string;
  readonly action: 'create' | 'change' | 'keep' | 'remove';
  readonly changes: readonly FieldChange[];
}

/** A step that makes something, changes it, or leaves it. */
export function stepOf(
  step: StepName,
  name: string,
  exists: boolean,
  changes: readonly FieldChange[] = [],
): Step {
  return { step, name, action: !exists ? 'create' : changes.length > 0 ? 'change' : 'keep', changes };
}
