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
