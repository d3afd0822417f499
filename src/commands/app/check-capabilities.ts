import type { ApnsEnvironment, Certificate } from '../../pkcs12/model.ts';
import type { App, NamedList } from './app.ts';
import { nameIn } from './files.ts';
import type { AppFinding } from './finding.ts';
import { placeOfKey } from './plist.ts';

/** Whether the system wakes the app for a push: `UIBackgroundModes` in the Info.plist, or in the keys that Xcode generates. */
export function checkBackgroundModes(app: App): readonly AppFinding[] {
  const { infoPlist, settings } = app;
  const generates = settings.get('GENERATE_INFOPLIST_FILE') === 'YES';
  if (infoPlist.path !== null && infoPlist.list === null) return [unusableInfoPlist(app)];
  if (infoPlist.list === null && !generates) {
    return [
      {
        code: 'info-plist-missing',
        level: 'error',
        message: 'The target has no Info.plist, and Xcode generates none.',
        hint: 'Set INFOPLIST_FILE, or GENERATE_INFOPLIST_FILE to YES.',
        ...settings.place('INFOPLIST_FILE'),
      },
    ];
  }
  const written = infoPlist.list?.entries.get('UIBackgroundModes');
  const modes = [
    ...(Array.isArray(written) ? written : [written]),
    ...(generates ? (settings.get('INFOPLIST_KEY_UIBackgroundModes') ?? '').split(/\s+/) : []),
  ];
  if (modes.includes('remote-notification')) return [];
  return [
    {
      code: 'background-mode-missing',
      level: 'error',
      message: 'UIBackgroundModes does not contain remote-notification.',
      hint: 'Signing & Capabilities > Background Modes: tick Remote notifications.',
      ...(infoPlist.list === null
        ? settings.place('INFOPLIST_KEY_UIBackgroundModes')
        : placeOfKey(infoPlist.list, 'UIBackgroundModes')),
    },
  ];
}

/** Whether the app may register with APNs: `aps-environment` in its entitlements. */
export function checkEntitlements(app: App): readonly AppFinding[] {
  const { entitlements, settings, apsEnvironment } = app;
  const hint = 'Signing & Capabilities > + Capability > Push Notifications.';
  if (!entitlements.exists) {
    const message =
      entitlements.path === null
        ? 'CODE_SIGN_ENTITLEMENTS names no entitlements file.'
        : `The entitlements file ${nameOf(app, entitlements)} does not exist.`;
    return [
      {
        code: 'entitlements-missing',
        level: 'error',
        message,
        hint,
        ...settings.place('CODE_SIGN_ENTITLEMENTS'),
      },
    ];
  }
  if (entitlements.list === null) {
    const message = 'The entitlements file cannot be read as a property list.';
    return [
      {
        code: 'entitlements-unreadable',
        level: 'error',
        message,
        hint,
        file: nameOf(app, entitlements),
        line: 1,
      },
    ];
  }
  const place = placeOfKey(entitlements.list, 'aps-environment');
  if (apsEnvironment === null) {
    const message = 'The entitlements do not contain aps-environment.';
    return [{ code: 'aps-environment-missing', level: 'error', message, hint, ...place }];
  }
  if (['development', 'production'].includes(apsEnvironment)) return [];
  return [
    {
      code: 'aps-environment-unknown',
      level: 'error',
      message: `aps-environment is "${apsEnvironment}".`,
      hint: 'Set it to development or production; Xcode replaces development when the app is distributed.',
      ...place,
    },
  ];
}

function unusableInfoPlist(app: App): AppFinding {
  const { infoPlist, settings } = app;
  if (infoPlist.exists) {
    return {
      code: 'info-plist-unreadable',
      level: 'error',
      message: 'The Info.plist cannot be read as a property list.',
      hint: 'Repair it in Xcode, or with `plutil -lint`.',
      file: nameOf(app, infoPlist),
      line: 1,
    };
  }
  return {
    code: 'info-plist-missing',
    level: 'error',
    message: `The Info.plist ${nameOf(app, infoPlist)} does not exist.`,
    hint: 'Correct INFOPLIST_FILE in the build settings.',
    ...settings.place('INFOPLIST_FILE'),
  };
}

function nameOf({ project }: App, { path }: NamedList): string {
  return nameIn(project.directory, path ?? '');
}

/** What an app is compared with. */
export type PushCertificate = Pick<Certificate, 'topics' | 'environments'>;

/** Whether pushes with the certificate reach the app: its bundle ID is a topic, and its APNs environment is served. */
export function checkCertificate(app: App, certificate: PushCertificate | null): readonly AppFinding[] {
  if (certificate === null) {
    const message = 'The .p12 file holds no certificate to compare the app with.';
    const hint = 'Export the push certificate together with its key.';
    return [{ code: 'certificate-missing', level: 'error', message, hint, ...bundleIdPlace(app) }];
  }
  return [...checkBundleId(app, certificate), ...checkEnvironment(app, certificate)];
}

function checkBundleId(app: App, { topics }: PushCertificate): readonly AppFinding[] {
  const place = bundleIdPlace(app);
  if (app.bundleId === null) {
    const message = 'The target has no bundle ID.';
    return [
      {
        code: 'bundle-id-missing',
        level: 'error',
        message,
        hint: 'Set PRODUCT_BUNDLE_IDENTIFIER.',
        ...place,
      },
    ];
  }
  if (topics.includes(app.bundleId)) return [];
  const served = topics.length === 0 ? 'names no topic' : `is for ${topics[0]}`;
  return [
    {
      code: 'bundle-id-mismatch',
      level: 'error',
      message: `The bundle ID is ${app.bundleId}, but the certificate ${served}.`,
      hint: "APNs accepts pushes only for the certificate's topics: get a certificate for this bundle ID, or correct it.",
      ...place,
    },
  ];
}

/**
 * Builds signed for development have sandbox tokens. When an app is distributed, Xcode replaces `development` with
 * `production`, never the other way round: so the question is whether any build, or the builds of this configuration,
 * can be served (Apple, "APS Environment Entitlement").
 */
function checkEnvironment(app: App, { environments }: PushCertificate): readonly AppFinding[] {
  const { apsEnvironment, entitlements, configuration } = app;
  const [only, ...others] = environments;
  if (entitlements.list === null || only === undefined || others.length > 0) return [];
  const finding = mismatch(apsEnvironment, only, /debug/i.test(configuration));
  return finding === null
    ? []
    : [{ code: 'environment-mismatch', ...finding, ...placeOfKey(entitlements.list, 'aps-environment') }];
}

function mismatch(
  apsEnvironment: string | null,
  served: ApnsEnvironment,
  forDebugging: boolean,
): Pick<AppFinding, 'level' | 'message' | 'hint'> | null {
  const universal = 'A universal certificate (Apple Push Services) serves sandbox and production.';
  if (apsEnvironment === 'production' && served === 'sandbox') {
    const message = 'aps-environment is production, but the certificate serves only the sandbox.';
    return { level: 'error', message, hint: universal };
  }
  if (apsEnvironment !== 'development') return null;
  if (served === 'sandbox') {
    const message = 'The certificate serves only the sandbox: the distributed app gets no push.';
    return forDebugging ? null : { level: 'warning', message, hint: universal };
  }
  return forDebugging
    ? {
        level: 'error',
        message: 'aps-environment is development, but the certificate serves only production.',
        hint: universal,
      }
    : {
        level: 'warning',
        message: 'The certificate serves only production: builds run from Xcode get no push.',
        hint: 'The distributed app does: Xcode replaces development then.',
      };
}

function bundleIdPlace({ infoPlist, settings }: App): Pick<AppFinding, 'file' | 'line'> {
  const written = infoPlist.list?.entries.get('CFBundleIdentifier');
  return infoPlist.list !== null && typeof written === 'string' && !written.includes('$')
    ? placeOfKey(infoPlist.list, 'CFBundleIdentifier')
    : settings.place('PRODUCT_BUNDLE_IDENTIFIER');
}
