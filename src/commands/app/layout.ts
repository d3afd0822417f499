import { basename, dirname, join } from 'node:path';
import { membersOf, parseJson } from '../../text/json.ts';
import { entriesOf, nameIn, readText } from './files.ts';
import type { ProjectFile } from './plist.ts';

/** The largest manifest to read, in bytes. */
const manifestLimit = 1024 * 1024;

/** Where to look for the signs of a layout. */
interface Folder {
  readonly names: readonly string[];
  /** Whether a file exists and its text matches. */
  matches(name: string, pattern: RegExp): boolean;
  /** Whether package.json names a package. */
  dependsOn(name: string): boolean;
}

/** What generates an Xcode project, or most of an app, instead of Xcode: the first whose signs are in its folder. */
const layouts = [
  {
    layout: 'flutter',
    is: ({ matches }: Folder) => matches('pubspec.yaml', /^\s{0,20}(?:sdk\s{0,9}:\s{0,9})?flutter\b/m),
    side: ['Flutter', 'Dart', /^pubspec\.yaml$/],
  },
  { layout: 'expo', is: isExpo, side: ['Expo', 'JavaScript', /^app\.(json|config\..*)$/] },
  {
    layout: 'capacitor',
    is: ({ names }: Folder) => names.some((name) => /^capacitor\.config\.\w+$/.test(name)),
    side: ['Capacitor', 'JavaScript', /^capacitor\.config\..*$/],
  },
  {
    layout: 'cordova',
    is: ({ matches }: Folder) => matches('config.xml', /<widget\b/),
    side: ['Cordova', 'JavaScript', /^config\.xml$/],
  },
  {
    layout: 'react-native',
    is: ({ dependsOn, matches }: Folder) =>
      dependsOn('react-native') || matches('ios/Podfile', /react_native/),
    side: ['React Native', 'JavaScript', /^package\.json$/],
  },
  {
    layout: 'tuist',
    is: ({ names, matches }: Folder) =>
      names.some((name) => /^Tuist(\.swift)?$/.test(name)) ||
      ['Project.swift', 'Workspace.swift'].some((name) =>
        matches(name, /\bimport\s{1,9}ProjectDescription\b/),
      ),
    generated: 'a Tuist project',
  },
  {
    layout: 'xcodegen',
    is: ({ matches }: Folder) =>
      ['project.yml', 'project.yaml'].some((name) => matches(name, /^(?:name|targets|include)\s{0,9}:/m)),
    generated: 'an XcodeGen project',
  },
  { layout: 'swift-package', is: ({ names }: Folder) => names.includes('Package.swift') },
] as const satisfies readonly {
  readonly layout: string;
  is(folder: Folder): boolean;
  /** The part of an app that is not its Xcode project: framework, language, and its manifest. */
  readonly side?: readonly [framework: string, language: string, manifest: RegExp];
  readonly generated?: string;
}[];

type Layout = (typeof layouts)[number];

/** What a folder is laid out for; null if unknown. */
export function layoutOf(directory: string): Layout | null {
  const text = (name: string): string => readText(join(directory, name), directory, manifestLimit) ?? '';
  const folder: Folder = {
    names: entriesOf(directory).map(({ name }) => name),
    matches: (name, pattern) => pattern.test(text(name)),
    dependsOn(name) {
      const { dependencies, devDependencies } = membersOf(parseJson(text('package.json'))) ?? {};
      return [dependencies, devDependencies].some((each) => Object.hasOwn(membersOf(each) ?? {}, name));
    },
  };
  return layouts.find(({ is }) => is(folder)) ?? null;
}

/** How a folder without an Xcode project is told, behind its name. */
export function missingWords(layout: Layout): string {
  if ('generated' in layout) return `is ${layout.generated} whose Xcode project has not been generated`;
  if (!('side' in layout)) return 'is a Swift package, which contains no app';
  const [framework] = layout.side;
  return `is ${framework === 'Expo' ? 'an' : 'a'} ${framework} app without its Xcode project`;
}

/** Expo's configuration is a file of its own, or a key in one that React Native has, too. */
function isExpo({ names, matches, dependsOn }: Folder): boolean {
  const configured = names.some((name) => /^app\.config\.(?:[cm]?[jt]s|json)$/.test(name));
  if (matches('app.json', /"expo"\s{0,99}:\s{0,99}\{/)) return true;
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

/** What an app has besides its Xcode project, by the project's location: `ios`, Capacitor's `ios/App`, Cordova's `platforms/ios`. */
export function otherSideOf({ path, directory }: ProjectFile): OtherSide | null {
  const folder = dirname(dirname(path));
  const above = dirname(folder);
  const isDeeper = ['ios', 'platforms'].includes(basename(above));
  if (!isDeeper && basename(folder) !== 'ios') return null;
  const root = isDeeper ? dirname(above) : above;
  const layout = layoutOf(root);
  if (layout === null || !('side' in layout)) return null;
  const [framework, language, manifest] = layout.side;
  const name = entriesOf(root).find((entry) => manifest.test(entry.name))?.name ?? '';
  return { framework, language, file: nameIn(directory, join(root, name)) };
}
