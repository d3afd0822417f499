import type { NamedTenant, Tenants } from '../../emulator/tenants.ts';

type Account = NamedTenant['administrator'];

/** The report for several tenants. */
export interface TenantsReport {
  /** The variables to set, with the service users' secrets that the fleet file names. */
  readonly environment: Readonly<Record<string, string>>;
  /** In numeric order. Their passwords work only in this emulator. */
  readonly tenants: readonly {
    readonly name: string;
    readonly url: string;
    readonly accounts: Readonly<Record<'administrator' | 'user' | 'serviceUser', Account>>;
    /** The variable in `environment` with the service user's secret. */
    readonly secret: string;
  }[];
}

export function reportOfTenants(
  { tenants, apns }: Pick<Tenants, 'tenants' | 'apns'>,
  extra: Readonly<Record<string, string>>,
): TenantsReport {
  const secrets = tenants.map((tenant) => [secretOf(tenant), tenant.serviceUser.password]);
  const { appId = '', clientId = '' } = tenants[0] ?? {};
  return {
    environment: {
      MFA_CLI_APP_ID: appId,
      MFA_CLI_CLIENT_ID: clientId,
      MFA_CLI_APNS_HOST: apns.host,
      ...extra,
      ...Object.fromEntries(secrets),
    },
    tenants: tenants.map((tenant) => {
      const { name, url, administrator, user, serviceUser } = tenant;
      return {
        name,
        url,
        accounts: { administrator, user, serviceUser },
        secret: secretOf(tenant),
      };
    }),
  };
}

/** A fleet file that gives each tenant the same certificate. */
export function fleetFileFor(tenants: readonly NamedTenant[]): string {
  const entries = tenants.map(
    (tenant) => `  ${tenant.name}:
    tenant: ${tenant.url}
    certificate: app
    sign-in: { client-id: ${tenant.serviceUser.user}, client-secret: { env: ${secretOf(tenant)} } }
`,
  );
  return `# The tenants of mfa-cli emulator. Its output sets the variables that are named here.
version: 1
certificates:
  app:
    p12: cert.p12
    password: { env: MFA_CLI_P12_PASSWORD }
tenants:
${entries.join('')}`;
}

function secretOf({ name }: NamedTenant): string {
  return `${name.toUpperCase().replaceAll('-', '_')}_SECRET`;
}
