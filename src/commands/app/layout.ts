import { basename, dirname, join } from 'node:path';
import { parseJson } from '../../text/json.ts';
import { entriesOf, nameIn, readText } from './files.ts';
import type { ProjectFile } from './plist.ts';

/** What generates an Xcode project, or most of an app, instead of Xcode. */
export type Layout =
  | 'flutter'
  | 'expo'
  | 'react-native'
  | 'capacitor'
  | 'cordova'
  | 'tuist'
  | 'xcodegen'
  | 'swift-package';

/** The largest manifest to read, in bytes. */
const manifestLimit = 1024 * 1024;

/** How the files in its folder reveal each one; the first match wins. */
const signs: readonly (readonly [Layout, (has: Folder) => boolean])[] = [
  ['flutter', ({ matches }) => matches('pubspec.yaml', /^\s{0,20}(?:sdk\s*:\s*)?flutter\b/m)],
  ['expo', isExpo],
  ['capacitor', ({ names }) => names.some((name) => /^capacitor\.config\.\w+$/.test(name))],
  ['cordova', ({ matches }) => matches('config.xml', /<widget\b/)],
  [
    'react-native',
    ({ dependsOn, matches }) => dependsOn('react-native') || matches('ios/Podfile', /react_native/),
  ],
  [
    'tuist',
    ({ names, matches }) =>
      names.some((name) => /^Tuist(\.swift)?$/.test(name)) ||
      ['Project.swift', 'Workspace.swift'].some((name) => matches(name, /\bimport\s+ProjectDescription\b/)),
  ],
  [
    'xcodegen',
    ({ matches }) =>
      ['project.yml', 'project.yaml'].some((name) => matches(name, /^(?:name|targets|include)\s*:/m)),
  ],
  ['swift-package', ({ names }) => names.includes('Package.swift')],
];

/** Where to look for the signs. */
interface Folder {
  readonly names: readonly string[];
  /** Whether a file exists and its text matches. */
  matches(name: string, pattern: RegExp): boolean;
  /** Whether package.json names a package. */
  dependsOn(name: string): boolean;
}

/** What a folder is laid out for; null if unknown. */
export function layoutOf(directory: string): Layout | null {
  const folder = readFolder(directory);
  return signs.find(([, holds]) => holds(folder))?.[0] ?? null;
}

function readFolder(directory: string): Folder {
  const text = (name: string): string => readText(join(directory, name), directory, manifestLimit) ?? '';
  return {
    names: entriesOf(directory).map(({ name }) => name),
    matches: (name, pattern) => pattern.test(text(name)),
    dependsOn: (name) => {
      const manifest = parseJson(text('package.json'));
      if (!isObject(manifest)) return false;
      const { dependencies, devDependencies } = manifest;
      return [dependencies, devDependencies].some((each) => isObject(each) && Object.hasOwn(each, name));
    },
  };
}

/** Expo's configuration is a file of its own, or a key in one that React Native has, too. */
function isExpo({ names, matches, dependsOn }: Folder): boolean {
  const configured = names.some((name) => /^app\.config\.(?:[cm]?[jt]s|json)$/.test(name));
  if (matches('app.json', /"expo"\s*:\s*\{/)) return true;
  return (
    (configured || names.includes('app.json')) &&
    (dependsOn('expo') || (configured && !names.includes('package.json')))
  );
}

/** A part of an app that is not its Xcode project. */
export interface OtherSide {
  /** `Flutter`. */
  readonly framework: string;
  /** `Dart`. */
  readonly language: string;
  /** Where it is, relative to the project. */
  readonly file: string;
}

const otherSides: Partial<Record<Layout, Omit<OtherSide, 'file'> & { readonly manifests: RegExp }>> = {
  flutter: { framework: 'Flutter', language: 'Dart', manifests: /^pubspec\.yaml$/ },
  expo: { framework: 'Expo', language: 'JavaScript', manifests: /^app\.(json|config\..*)$/ },
  'react-native': { framework: 'React Native', language: 'JavaScript', manifests: /^package\.json$/ },
  capacitor: { framework: 'Capacitor', language: 'JavaScript', manifests: /^capacitor\.config\..*$/ },
  cordova: { framework: 'Cordova', language: 'JavaScript', manifests: /^config\.xml$/ },
};

/** What an app has besides its Xcode project, by the project's location: `ios`, Capacitor's `ios/App`, Cordova's `platforms/ios`. */
export function otherSideOf({ path, directory }: ProjectFile): OtherSide | null {
  const folder = dirname(dirname(path));
  const above = dirname(folder);
  const root = basename(above) === 'ios' || basename(above) === 'platforms' ? dirname(above) : above;
  if (root === above && basename(folder) !== 'ios') return null;
  const layout = layoutOf(root);
  const side = layout === null ? undefined : otherSides[layout];
  if (side === undefined) return null;
  const { framework, language, manifests } = side;
  const manifest = entriesOf(root).find(({ name }) => manifests.test(name))?.name ?? '';
  return { framework, language, file: nameIn(directory, join(root, manifest)) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
