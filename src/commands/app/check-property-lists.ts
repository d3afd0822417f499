import { basename, dirname } from 'node:path';
import { shellWord } from '../../text/shell.ts';
import type { App } from './app.ts';
import type { AppCertificate } from './certificate.ts';
import {
  type Compared,
  checkCertificates,
  servedBy,
  topicHint,
  universalHint,
} from './check-certificate.ts';
import {
  filesBelow,
  foreignFolder,
  isFile,
  nameIn,
  type PropertyList,
  readPropertyList,
} from './files.ts';
import { type AppFinding, atLevel, finding, type Place } from './finding.ts';

/** The finding for a property list that the target lacks or that cannot be read. */
function unusable(
  kind: 'info-plist' | 'entitlements',
  name: string,
  { file, exists }: App['infoPlist'],
  missing: { readonly hint: string; readonly place: Place },
): AppFinding {
  if (!exists) {
    const message =
      file === '' ? `The target has no ${name}.` : `The ${name} ${file} does not exist.`;
    return finding(`${kind}-missing`, message, missing.hint, missing.place);
  }
  const message = `The ${name} cannot be read as a property list in XML.`;
  return finding(`${kind}-unreadable`, message, toXml(file), { file, line: 1 });
}

function toXml(file: string): string {
  return `Repair or convert it: \`plutil -convert xml1 ${shellWord(file)}\`.`;
}

/**
 * Whether the system wakes the app for a push: `UIBackgroundModes` in the Info.plist, or
 * in the keys that Xcode generates.
 */
export function checkBackgroundModes({ infoPlist, settings }: App): readonly AppFinding[] {
  const { file, list } = infoPlist;
  const generates = settings.get('GENERATE_INFOPLIST_FILE') === 'YES';
  if (list === null && (file !== '' || !generates)) {
    const hint = 'Set INFOPLIST_FILE to the right file, or GENERATE_INFOPLIST_FILE to YES.';
    return [
      unusable('info-plist', 'Info.plist', infoPlist, {
        hint,
        place: settings.place('INFOPLIST_FILE'),
      }),
    ];
  }
  const key = 'INFOPLIST_KEY_UIBackgroundModes';
  const generated = generates ? (settings.get(key) ?? '').split(/\s+/) : [];
  const modes = [list?.entries.get('UIBackgroundModes'), generated].flat();
  if (modes.includes('remote-notification')) return [];
  const message = 'UIBackgroundModes does not contain remote-notification.';
  const hint = 'Signing & Capabilities > Background Modes: tick Remote notifications.';
  const place = list?.placeOf('UIBackgroundModes') ?? settings.place(key);
  return [finding('background-mode-missing', message, hint, place)];
}

/** Whether the app may register with APNs: `aps-environment` in its entitlements. */
export function checkEntitlements({
  entitlements,
  settings,
  apsEnvironment,
}: App): readonly AppFinding[] {
  const { list } = entitlements;
  const hint = 'Signing & Capabilities > + Capability > Push Notifications.';
  if (list === null) {
    const place = settings.place('CODE_SIGN_ENTITLEMENTS');
    return [unusable('entitlements', 'entitlements file', entitlements, { hint, place })];
  }
  const place = list.placeOf('aps-environment');
  if (apsEnvironment === null) {
    const message = 'The entitlements do not contain aps-environment.';
    return [finding('aps-environment-missing', message, hint, place)];
  }
  if (['development', 'production'].includes(apsEnvironment)) return [];
  const known =
    'Set it to development or production; Xcode replaces development when the app is distributed.';
  return [
    finding('aps-environment-unknown', `aps-environment is "${apsEnvironment}".`, known, place),
  ];
}

/**
 * Whether pushes with each certificate reach the app: its bundle ID is a topic, and its
 * APNs environment is served.
 */
export function checkMatch(app: App, compared: Compared): readonly AppFinding[] {
  return checkCertificates(compared, bundleIdPlace(app), (certificate) => [
    ...checkBundleId(app, certificate),
    ...checkEnvironment(app, certificate),
  ]);
}

function checkBundleId(app: App, { topics }: AppCertificate): readonly AppFinding[] {
  const { bundleId } = app;
  const place = bundleIdPlace(app);
  if (bundleId === null) {
    const message = 'The target has no bundle ID.';
    return [finding('bundle-id-missing', message, 'Set PRODUCT_BUNDLE_IDENTIFIER.', place)];
  }
  if (topics.includes(bundleId)) return [];
  const message = `The bundle ID is ${bundleId}, but the certificate ${servedBy(topics)}.`;
  return [finding('bundle-id-mismatch', message, topicHint, place)];
}

/**
 * Builds signed for development have sandbox tokens. When an app is distributed, Xcode
 * replaces `development` with `production`, never the other way round: so the question is
 * whether any build, or the builds of this configuration, can be served (Apple, "APS
 * Environment Entitlement").
 */
function checkEnvironment(app: App, { environments }: AppCertificate): readonly AppFinding[] {
  const { apsEnvironment, entitlements, configuration } = app;
  if (entitlements.list === null || environments.length === 0) return [];
  const ofDevelopment = /debug/i.test(configuration) ? ['sandbox'] : ['production', 'sandbox'];
  const needed = apsEnvironment === 'production' ? ['production'] : ofDevelopment;
  const [unserved, ...others] = needed.filter(
    (each) => !environments.some((served) => served === each),
  );
  if (unserved === undefined) return [];
  const message =
    unserved === 'production'
      ? 'The certificate does not serve production: the distributed app gets no push.'
      : 'The certificate does not serve the sandbox: builds run from Xcode get no push.';
  const level = others.length + 1 === needed.length ? 'error' : 'warning';
  const place = entitlements.list.placeOf('aps-environment');
  return [atLevel(level, finding('environment-mismatch', message, universalHint, place))];
}

function bundleIdPlace({ infoPlist: { list }, settings }: App): Place {
  const written = list?.entries.get('CFBundleIdentifier');
  return list && typeof written === 'string' && !written.includes('$')
    ? list.placeOf('CFBundleIdentifier')
    : settings.place('PRODUCT_BUNDLE_IDENTIFIER');
}

const name = 'IdentityConfiguration.plist';

/** Values in the vendor's samples and templates, to be replaced by the tenant's. */
const placeholder =
  /^\s*$|<[^>]{1,100}>|^\{\{.*\}\}$|\$\(|\bYOUR[_ -]|\b(?:TODO|FIXME|PLACEHOLDER|CHANGE_?ME|REPLACE_?ME)\b|\bexample\.(?:com|org|net)\b|^x{3,}$/i;

/** Whether the settings of the vendor's SDK are in the app and filled in. */
export function checkConfiguration(app: App): readonly AppFinding[] {
  const { directory } = app.project;
  const path = app.resources.find((resource) => basename(resource) === name);
  if (path === undefined) return [missing(app)];
  const list = readPropertyList(path, directory);
  if (list !== null) return judgeValues(list);
  const file = nameIn(directory, path);
  const [message, hint] = isFile(path)
    ? [`${name} cannot be read as a property list in XML.`, toXml(file)]
    : [`${name} is in the project, but not on disk.`, `Add it to ${dirname(file)}.`];
  return [finding('configuration-unreadable', message, hint, { file, line: null })];
}

/** The finding for a file that the target lacks; it may be on the disk. */
function missing({ project: { directory }, target }: App): AppFinding {
  const stray = filesBelow(directory, directory, foreignFolder).find(
    (file) => basename(file) === name,
  );
  if (stray !== undefined) {
    const message = `${name} is not a resource of the target.`;
    const hint = 'File inspector > Target Membership: tick the app.';
    return finding('configuration-not-in-target', message, hint, { file: stray, line: null });
  }
  const hint = "Add the file with the tenant's settings to the app's resources.";
  return finding('configuration-missing', `The project has no ${name}.`, hint, target.place());
}

function judgeValues({ entries, placeOf }: PropertyList): readonly AppFinding[] {
  const texts = [...entries].filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const isSecret = (key: string): boolean => /secret/i.test(key);
  // An app that people can take apart cannot keep a secret: the vendor's samples leave it
  // empty.
  const secrets = texts.filter(([key, value]) => isSecret(key) && !placeholder.test(value));
  const unfilled = texts.filter(([key, value]) => !isSecret(key) && placeholder.test(value));
  const findings: AppFinding[] = [];
  if (unfilled.length > 0 || texts.length === 0) {
    const message = `${name} is not filled in${listed(unfilled)}.`;
    const hint =
      "Give it the tenant's URL, the application ID, the client ID and the redirect URI.";
    findings.push(
      finding('configuration-incomplete', message, hint, placeOf(unfilled[0]?.[0] ?? '')),
    );
  }
  const [secret] = secrets;
  if (secret !== undefined) {
    const message = `${name} has a secret that anyone with the app can read${listed(secrets)}.`;
    const hint = 'Use a public client with PKCE (RFC 8252 §8.5), and leave these keys empty.';
    findings.push(
      atLevel('warning', finding('client-secret-in-app', message, hint, placeOf(secret[0]))),
    );
  }
  return findings;
}

/** Maximum keys that a sentence names, and characters of each. */
const namesLimit = 20;
const nameLimit = 60;

function listed(entries: readonly (readonly [key: string, value: string])[]): string {
  const names = entries.slice(0, namesLimit).map(([key]) => key.slice(0, nameLimit));
  if (entries.length > namesLimit) names.push('…');
  return names.length === 0 ? '' : `: ${names.join(', ')}`;
}
