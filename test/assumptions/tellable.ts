import type { AssumptionName } from '../../src/emulator/assumptions.ts';

/** What a probe can tell, and whose session tells it: one that has set a certificate, or one that has a phone and lacks the right. */
export const tellable: Partial<Record<AssumptionName, 'administrator' | 'user'>> = {
  'mobile-parameters': 'administrator',
  'missing-parameter': 'administrator',
  'missing-right': 'user',
  'set-event': 'administrator',
  'tenant-config': 'administrator',
  'advanced-config': 'administrator',
  'device-forms': 'user',
  'device-names': 'user',
  'otp-algorithm': 'user',
  'app-id-case': 'administrator',
  'client-id-case': 'administrator',
  'scope-case': 'administrator',
  'redirect-any-port': 'administrator',
  'redirect-localhost': 'administrator',
  'authorization-iss': 'administrator',
  'access-token': 'administrator',
  'revoke-public-client': 'administrator',
  discovery: 'administrator',
  'device-right': 'administrator',
  'absent-name': 'administrator',
};
