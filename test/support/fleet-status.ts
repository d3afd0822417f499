import type { Fleet, FleetCertificate, FleetTenant } from '../../src/commands/fleet/file/fleet.ts';
import type { RecordEntry } from '../../src/commands/fleet/record.ts';
import { testNow } from './context.ts';

const day = 24 * 60 * 60 * 1000;

export const app: FleetCertificate = {
  name: 'app',
  p12: { path: '/nowhere/app.p12', written: 'app.p12' },
  password: null,
  topic: 'com.example.app',
  environment: null,
};

export function fleetTenant(name: string, tenant: Partial<FleetTenant> = {}): FleetTenant {
  return {
    name,
    tenant: `https://${name}.id.cyberark.cloud`,
    certificate: app,
    clientAppKey: null,
    signIn: { profile: name },
    labels: {},
    ...tenant,
  };
}

export function fleetOf(tenants: readonly FleetTenant[]): Fleet {
  return {
    file: 'mfa-fleet.yaml',
    warnDays: null,
    certificates: new Map([[app.name, app]]),
    tenants,
  };
}

/** A certificate on record that expires so many days after the tests' time. */
export function setEntry(
  name: string,
  days: number,
  entry: Partial<RecordEntry> = {},
): RecordEntry {
  return {
    name,
    tenant: `https://${name}.id.cyberark.cloud`,
    clientAppKey: 'com.example.app',
    state: 'set',
    topic: 'com.example.app',
    fingerprint: 'ab'.repeat(32),
    notAfter: new Date(testNow.getTime() + days * day + day / 2).toISOString(),
    setAt: '2026-01-01T00:00:00Z',
    ...entry,
  };
}
