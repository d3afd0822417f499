import type { AssumptionName } from '../../emulator/assumptions.ts';
import { type Probe, unchanging } from './look.ts';
import { tellAbsentName, tellDeviceRight } from './probe-administration.ts';
import { tellAlgorithm, tellForms, tellNames } from './probe-devices.ts';
import {
  tellAccessToken,
  tellCase,
  tellDiscovery,
  tellIssuer,
  tellRedirect,
  tellRevocation,
} from './probe-oauth.ts';
import {
  tellAdvancedConfig,
  tellMissingParameter,
  tellMissingRight,
  tellParameters,
  tellTenantConfig,
} from './probe-settings.ts';

const opened = 'only apns set has the host open a .p12';

/** How each assumption is told. */
export const probes: { readonly [Name in AssumptionName]: Probe<Name> } = {
  'mobile-parameters': tellParameters,
  'delete-absent': untold('only a deletion shows it'),
  'missing-parameter': tellMissingParameter,
  'missing-right': tellMissingRight,
  'p12-aes': untold(opened),
  'p12-iterations': untold(opened),
  'tenant-config': tellTenantConfig,
  'advanced-config': tellAdvancedConfig,
  'device-forms': tellForms,
  'device-names': tellNames,
  'otp-algorithm': tellAlgorithm,
  'token-answer': untold('only the registration of a push token shows it'),
  'push-options': untold('only a push shows it'),
  'app-id-case': tellCase('appId', 'application'),
  'client-id-case': tellCase('clientId', 'client'),
  'scope-case': tellCase('scope', 'scope'),
  'redirect-any-port': tellRedirect(takeAnotherPort, 'another port'),
  'redirect-localhost': tellRedirect(takeLocalhost, 'localhost for 127.0.0.1'),
  'authorization-iss': tellIssuer,
  'failed-exchange': untold('it takes the code of a sign-in'),
  'basic-credentials': untold('a wrong attempt counts against the service user'),
  'access-token': tellAccessToken,
  'refresh-token': untold('a refresh token may be good only once'),
  'revoke-public-client': tellRevocation,
  discovery: tellDiscovery,
  'session-bearer': untold('it takes a sign-in'),
  'session-mobile': untold('it takes a sign-in without application, and a set'),
  'device-right': tellDeviceRight,
  'role-grant': untold('only giving a role a permission shows it'),
  'application-update': untold('only an update shows it'),
  'absent-name': tellAbsentName,
};

function untold(why: string): () => Promise<never> {
  return async () => {
    throw unchanging(why);
  };
}

function takeAnotherPort(registered: URL): void {
  registered.port = registered.port === '65535' ? '65534' : String(Number(registered.port) + 1);
}

function takeLocalhost(registered: URL): void {
  registered.hostname = 'localhost';
}
