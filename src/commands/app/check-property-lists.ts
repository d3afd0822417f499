import { basename, dirname } from 'node:path';
import type { Certificate } from '../../pkcs12/model.ts';
import type { App } from './app.ts';
import {
  filesBelow,
  foreignFolder,
  isFile,
  nameIn,
  type PropertyList,
  placeOfKey,
  readPropertyList,
} from './files.ts';
import { type AppFinding, finding, type Place, placesOf, worded } from './finding.ts';

/** Whether the system wakes the app for a push: `UIBackgroundModes` in the Info.plist, or in the keys that Xcode generates. */
export function checkBackgroundModes(app: App): readonly AppFinding[] {
  const { infoPlist, settings } = app;
  const { file, exists, list } = infoPlist;
  const generates = settings.get('GENERATE_INFOPLIST_FILE') === 'YES';
  if (list === null && exists) {
    const message = 'The Info.plist cannot be read as a property list.';
    const hint = 'Repair it in Xcode, or with `plutil -lint`.';
    return [finding('info-plist-unreadable', message, hint, { file, line: 1 })];
  }
  if (list === null && (file !== '' || !generates)) {
    const [message, hint] =
      file === ''
        ? [
            'The target has no Info.plist, and Xcode generates none.',
            'Set INFOPLIST_FILE, or GENERATE_INFOPLIST_FILE to YES.',
          ]
        : [`The Info.plist ${file} does not exist.`, 'Correct INFOPLIST_FILE in the build settings.'];
    return [finding('info-plist-missing', message, hint, settings.place('INFOPLIST_FILE'))];
  }
  const key = 'INFOPLIST_KEY_UIBackgroundModes';
  const modes = [
    list?.entries.get('UIBackgroundModes'),
    generates ? (settings.get(key) ?? '').split(/\s+/) : [],
  ].flat();
  if (modes.includes('remote-notification')) return [];
  const message = 'UIBackgroundModes does not contain remote-notification.';
  const hint = 'Signing & Capabilities > Background Modes: tick Remote notifications.';
  const place = list === null ? settings.place(key) : placeOfKey(list, 'UIBackgroundModes');
  return [finding('background-mode-missing', message, hint, place)];
}

/** Whether the app may register with APNs: `aps-environment` in its entitlements. */
export function checkEntitlements(app: App): readonly AppFinding[] {
  const { entitlements, settings, apsEnvironment } = app;
  const { file, exists, list } = entitlements;
  const hint = 'Signing & Capabilities > + Capability > Push Notifications.';
  if (!exists) {
    const message =
      file === ''
        ? 'CODE_SIGN_ENTITLEMENTS names no entitlements file.'
        : `The entitlements file ${file} does not exist.`;
    return [finding('entitlements-missing', message, hint, settings.place('CODE_SIGN_ENTITLEMENTS'))];
  }
  if (list === null) {
    const message = 'The entitlements file cannot be read as a property list.';
    return [finding('entitlements-unreadable', message, hint, { file, line: 1 })];
  }
  const place = placeOfKey(list, 'aps-environment');
  if (apsEnvironment === null) {
    const message = 'The entitlements do not contain aps-environment.';
    return [finding('aps-environment-missing', message, hint, place)];
  }
  if (['development', 'production'].includes(apsEnvironment)) return [];
  const known =
    'Set it to development or production; Xcode replaces development when the app is distributed.';
  return [finding('aps-environment-unknown', `aps-environment is "${apsEnvironment}".`, known, place)];
}

/** The parts of a certificate that an app is compared with. */
export type PushCertificate = Pick<Certificate, 'topics' | 'environments'>;

/** Whether pushes with the certificate reach the app: its bundle ID is a topic, and its APNs environment is served. */
export function checkCertificate(app: App, certificate: PushCertificate | null): readonly AppFinding[] {
  if (certificate === null) {
    const message = 'The .p12 file contains no certificate.';
    const hint = 'Export the push certificate together with its key.';
    return [finding('certificate-missing', message, hint, bundleIdPlace(app))];
  }
  return [...checkBundleId(app, certificate), ...checkEnvironment(app, certificate)];
}

function checkBundleId(app: App, { topics }: PushCertificate): readonly AppFinding[] {
  const { bundleId } = app;
  const place = bundleIdPlace(app);
  if (bundleId === null) {
    const message = 'The target has no bundle ID.';
    return [finding('bundle-id-missing', message, 'Set PRODUCT_BUNDLE_IDENTIFIER.', place)];
  }
  if (topics.includes(bundleId)) return [];
  const served = topics.length === 0 ? 'names no topic' : `is for ${topics[0]}`;
  const message = `The bundle ID is ${bundleId}, but the certificate ${served}.`;
  const hint =
    "APNs accepts pushes only for the certificate's topics: get a certificate for this bundle ID, or correct it.";
  return [finding('bundle-id-mismatch', message, hint, place)];
}

/**
 * Builds signed for development have sandbox tokens. When an app is distributed, Xcode replaces `development` with
 * `production`, never the other way round: so the question is whether any build, or the builds of this configuration,
 * can be served (Apple, "APS Environment Entitlement").
 */
function checkEnvironment(app: App, { environments }: PushCertificate): readonly AppFinding[] {
  const { apsEnvironment, entitlements, configuration } = app;
  const [only, ...others] = environments;
  if (entitlements.list === null || others.length > 0) return [];
  const isDebug = /debug/i.test(configuration);
  const mismatch = mismatches[`${apsEnvironment} ${only}${isDebug ? ' debug' : ''}`];
  if (mismatch === undefined) return [];
  const [level, message, hint = universal] = mismatch;
  const place = placeOfKey(entitlements.list, 'aps-environment');
  return [finding('environment-mismatch', message, hint, place, level)];
}

const universal = 'A universal certificate (Apple Push Services) serves sandbox and production.';
const production = 'aps-environment is production, but the certificate serves only the sandbox.';

/** By `aps-environment`, the only environment that the certificate serves, and whether the build is for debugging. */
const mismatches: Readonly<
  Record<string, readonly [level: AppFinding['level'], message: string, hint?: string] | undefined>
> = {
  'production sandbox': ['error', production],
  'production sandbox debug': ['error', production],
  'development sandbox': [
    'warning',
    'The certificate serves only the sandbox: the distributed app gets no push.',
  ],
  'development production debug': [
    'error',
    'aps-environment is development, but the certificate serves only production.',
  ],
  'development production': [
    'warning',
    'The certificate serves only production: builds run from Xcode get no push.',
    'The distributed app does: Xcode replaces development then.',
  ],
};

function bundleIdPlace({ infoPlist: { list }, settings }: App): Place {
  const written = list?.entries.get('CFBundleIdentifier');
  return list !== null && typeof written === 'string' && !written.includes('$')
    ? placeOfKey(list, 'CFBundleIdentifier')
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
  const message = isFile(path)
    ? `${name} cannot be read as a property list.`
    : `${name} is in the project, but not on disk.`;
  const hint = `It is expected in ${nameIn(directory, dirname(path)) || 'the project folder'}.`;
  const place = { file: nameIn(directory, path), line: null };
  return [finding('configuration-unreadable', message, hint, place)];
}

/** The finding for a file that the target lacks, at its mention in the project or on the disk. */
function missing({ project: { objects, directory }, target }: App): AppFinding {
  const reference = [...objects.values()].find(
    (object) => object.isa === 'PBXFileReference' && basename(object.text('path') ?? '') === name,
  );
  if (reference !== undefined) {
    const message = `${name} is not a resource of the target.`;
    const hint = 'File inspector > Target Membership: tick the app.';
    return finding('configuration-not-in-target', message, hint, reference.place());
  }
  const files = filesBelow(directory, directory, foreignFolder);
  const stray = files.find((file) => basename(file) === name);
  if (stray !== undefined) {
    const message = `${name} is on disk, but is not a resource of the target.`;
    const hint = "Add it to the app's resources.";
    return finding('configuration-not-in-target', message, hint, { file: stray, line: null });
  }
  const phase = target.objects('buildPhases').find(({ isa }) => isa === 'PBXResourcesBuildPhase');
  const hint = "Add the file with the tenant's settings to the app's resources.";
  const place = phase?.place('files') ?? target.place();
  return finding('configuration-missing', `The project has no ${name}.`, hint, place);
}

function judgeValues(list: PropertyList): readonly AppFinding[] {
  const start = placeOfKey(list, '');
  if (list.entries.size === 0) {
    const hint = "Give it the tenant's URL, the application ID, the client ID and the redirect URI.";
    return [finding('configuration-incomplete', `${name} contains no settings.`, hint, start)];
  }
  const texts = [...list.entries].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const isSecret = (key: string): boolean => /secret/i.test(key);
  // An app that people can take apart cannot keep a secret: the vendor's samples leave it empty.
  const secrets = texts.filter(([key, value]) => isSecret(key) && !placeholder.test(value));
  const unfilled = texts.filter(([key, value]) => !isSecret(key) && placeholder.test(value));
  const findings: AppFinding[] = [];
  const [first] = unfilled;
  if (first !== undefined) {
    const { names, places } = told(list, unfilled);
    const isOne = unfilled.length === 1;
    const message = isOne
      ? `${worded(first[0])} is ${first[1].trim() === '' ? 'empty' : 'a placeholder'} in ${name}.`
      : `${unfilled.length} values of ${name} are empty or placeholders: ${names}.`;
    const hint = isOne ? "Give it the tenant's value." : "Give them the tenant's values.";
    findings.push(finding('configuration-incomplete', message, hint, placesOf(places, start)));
  }
  const [secret, ...others] = secrets;
  if (secret !== undefined) {
    const { names, places } = told(list, secrets);
    const message =
      others.length > 0
        ? `${names} contain secrets, and anyone with the app can read them.`
        : `${worded(secret[0])} contains a secret, and anyone with the app can read it.`;
    const hint = 'Use a public client with PKCE (RFC 8252 §8.5), and leave it empty.';
    findings.push(finding('client-secret-in-app', message, hint, placesOf(places, start), 'warning'));
  }
  return findings;
}

/** Maximum keys that a sentence names, and places to look up. */
const [toldLimit, placesLimit] = [20, 100];

/** The keys of entries with their lines, and their places; a binary list has no places. */
function told(list: PropertyList, entries: readonly (readonly [key: string, value: string])[]) {
  const found = entries.slice(0, placesLimit).map(([key]) => ({ key, place: placeOfKey(list, key) }));
  const names = found
    .slice(0, toldLimit)
    .map(({ key, place: { line } }) => (line === null ? worded(key) : `${worded(key)} (line ${line})`))
    .join(', ');
  const more = entries.length - toldLimit;
  const places = found.flatMap(({ place }) => (place.line === null ? [] : place));
  return { names: more > 0 ? `${names} and ${more} more` : names, places };
}
