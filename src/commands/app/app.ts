import { resolve } from 'node:path';
import { type BuildSettings, readBuildSettings } from './build-settings.ts';
import { isFile, nameIn, readPropertyList, readText } from './files.ts';
import type { Place } from './finding.ts';
import { otherSideOf } from './locate.ts';
import type { ProjectFile, ProjectObject } from './project.ts';
import { SwiftCode } from './swift/code.ts';
import { type Token, tokenize } from './swift/tokens.ts';
import { SwiftValues } from './swift/values.ts';
import { readTargetFiles } from './target.ts';

/** An app as described by its project, for one target in one configuration. */
export type App = ReturnType<typeof readApp>;

/** The place where Swift starts the app: its delegate, else the app itself. */
export function startOf(swift: SwiftCode): Place | null {
  return (
    swift.placeOf('didFinishLaunchingWithOptions', 'UIApplicationDelegate', 'UIApplicationMain') ??
    swift.typeInheriting('App')
  );
}

/** The place to add missing code: the start of the app, else its first source. */
export function appPlace({ project, swift }: App): Place {
  const otherwise = { file: nameIn(project.directory, project.path), line: null };
  return startOf(swift) ?? (swift.tokens.length > 0 ? { ...swift.placeAt(0), line: 1 } : otherwise);
}

/** Reads the parts of a project that the checks need; the checks report missing ones. */
export function readApp(project: ProjectFile, target: ProjectObject, configuration: string) {
  const settings = readBuildSettings(project, target, configuration);
  const infoPlist = listNamedBy('INFOPLIST_FILE', settings, project);
  const entitlements = listNamedBy('CODE_SIGN_ENTITLEMENTS', settings, project);
  const textOf = (value: unknown): string | null =>
    typeof value === 'string' ? settings.expand(value) || null : null;
  const ownBundleId = textOf(infoPlist.list?.entries.get('CFBundleIdentifier'));
  const { sources, resources } = readTargetFiles(project, target);
  return {
    project,
    target,
    configuration,
    settings,
    infoPlist,
    entitlements,
    ...readSources(project, sources),
    resources,
    otherSide: otherSideOf(project),
    bundleId: ownBundleId ?? settings.get('PRODUCT_BUNDLE_IDENTIFIER') ?? null,
    /** With its variables expanded. */
    apsEnvironment: textOf(entitlements.list?.entries.get('aps-environment')),
  };
}

/** A property list that a build setting names: the file is empty if none is named, the list null if it cannot be read. */
function listNamedBy(setting: string, settings: BuildSettings, { directory }: ProjectFile) {
  const name = settings.get(setting);
  if (name === undefined) return { file: '', exists: false, list: null };
  const path = resolve(directory, name);
  const list = readPropertyList(path, directory);
  return { file: nameIn(directory, path), exists: isFile(path), list };
}

/** Maximum sources, and their bytes and tokens: a million tokens take up to 200 MB of memory. */
const [sourceLimit, bytesLimit, tokensLimit] = [5000, 8 * 1024 * 1024, 900_000];
/** Maximum bytes of a source: larger ones are generated, and take long to follow from call to call. */
const sourceSize = 512 * 1024;

/** Comments in Objective-C, and strings that may look like one. */
const comments = /\/\*(?:[\s\S]*?\*\/|[\s\S]*)|\/\/[^\n]*|("(?:[^"\\\n]|\\[\s\S])*"?)/g;

function readSources({ directory }: ProjectFile, paths: ReadonlySet<string>) {
  const tokens: Token[] = [];
  /** Without comments: only words are searched. */
  const objectiveC: { readonly file: string; readonly code: string }[] = [];
  /** The Swift sources that were not read. */
  const unread: string[] = [];
  let bytesLeft = bytesLimit;
  for (const [index, path] of [...paths].filter((each) => /\.(swift|mm?)$/.test(each)).entries()) {
    const file = nameIn(directory, path);
    const text = index < sourceLimit ? readText(path, directory, Math.min(sourceSize, bytesLeft)) : null;
    bytesLeft -= text?.length ?? 0;
    const isSwift = path.endsWith('.swift');
    const read = isSwift && text !== null ? tokenize(file, text, tokensLimit - tokens.length) : null;
    if (!isSwift) objectiveC.push({ file, code: (text ?? '').replace(comments, '$1') });
    else if (read === null) unread.push(file);
    else for (const token of read) tokens.push(token);
  }
  const swift = new SwiftCode(tokens);
  return { swift, values: new SwiftValues(swift), objectiveC, unread };
}
