import { dirname, resolve } from 'node:path';
import { nameIn, readText } from './files.ts';
import type { Place } from './finding.ts';
import type { ProjectFile, ProjectObject } from './project.ts';

/** The build settings in effect for one target in one configuration. */
export interface BuildSettings {
  /** The value with its variables expanded; undefined if unset or empty. */
  get(name: string): string | undefined;
  /** A text with its variables expanded. */
  expand(text: string): string;
  /** The place of a setting's assignment, else the configuration that it belongs in. */
  place(name: string): Place;
}

/** A setting as assigned in a file. */
interface Assignment {
  /** With its condition: `NAME[sdk=iphoneos*]`. */
  readonly key: string;
  readonly value: string;
  place(): Place;
}

/** Maximum variables to expand in one value: they may refer to each other in a circle. */
const expansionLimit = 1000;
/** Maximum length of an expanded value, and of all that it is made of. */
const lengthLimit = 64 * 1024;

/**
 * Layers of settings, lowest precedence first: the project's xcconfig, the project, the
 * target's xcconfig, the target. A layer's `$(inherited)` is the value from the layers
 * before it. Conditions other than `[sdk=iphoneos*]` are not read.
 */
export function readBuildSettings(
  project: ProjectFile,
  target: ProjectObject,
  configuration: string,
): BuildSettings {
  const [shared, own] = [project.root, target].map((owner) =>
    configurationObjects(owner).find((object) => object.text('name') === configuration),
  );
  const assigned = new Map<string, Omit<Assignment, 'key'>>();
  const builtIn = Object.entries({
    TARGET_NAME: target.text('name') ?? '',
    TARGETNAME: '$(TARGET_NAME)',
    PRODUCT_NAME: '$(TARGET_NAME)',
    PROJECT_NAME: project.name,
    CONFIGURATION: configuration,
    PROJECT_DIR: project.directory,
    SRCROOT: project.directory,
  }).map(([key, value]) => ({ key, value, place: () => target.place() }));
  for (const layer of [builtIn, ...layersOf(shared, project), ...layersOf(own, project)]) {
    // A condition takes precedence over none.
    const byPrecedence = [...layer].sort(
      (one, other) => +one.key.endsWith(']') - +other.key.endsWith(']'),
    );
    for (const { key, value, place } of byPrecedence) {
      const [, name] = /^(\w+)(?:\[sdk=iphoneos\*\])?$/.exec(key) ?? [];
      if (name === undefined) continue;
      const before = assigned.get(name)?.value ?? '';
      let room = lengthLimit;
      const whole = value.replace(/\$\(inherited\)|\$\{inherited\}/g, () => {
        const inherited = before.slice(0, room);
        room -= inherited.length;
        return inherited;
      });
      assigned.set(name, { value: whole.slice(0, lengthLimit), place });
    }
  }
  const expand = (text: string): string =>
    expandVariables(text, (name) => assigned.get(name)?.value ?? '');
  return {
    get: (name) => expand(assigned.get(name)?.value ?? '').trim() || undefined,
    expand,
    place: (name) => assigned.get(name)?.place() ?? (own ?? target).place('buildSettings'),
  };
}

/** The names of a target's configurations. */
export function configurationsOf(target: ProjectObject): readonly string[] {
  return configurationObjects(target).map((object) => object.text('name') ?? '');
}

function configurationObjects(owner: ProjectObject): readonly ProjectObject[] {
  return owner
    .objects('buildConfigurationList')
    .flatMap((list) => list.objects('buildConfigurations'));
}

/** The assignments of a configuration's xcconfig file, and its own. */
function layersOf(
  configuration: ProjectObject | undefined,
  { directory }: ProjectFile,
): readonly (readonly Assignment[])[] {
  if (configuration === undefined) return [];
  // A file reference, or since Xcode 16 a path in a synchronized folder.
  const [reference] = configuration.objects('baseConfigurationReference');
  const [folder] = configuration.objects('baseConfigurationReferenceAnchor');
  const base = (reference ?? folder)?.path() ?? null;
  const below = configuration.text('baseConfigurationReferenceRelativePath') ?? '';
  const own = configuration
    .settings()
    .map(([key, value]) => ({ key, value, place: () => configuration.place(key) }));
  return [base === null ? [] : readXcconfig(resolve(base, below), directory), own];
}

/**
 * `$(NAME)` and `${NAME}`, also with the operators `rfc1034identifier` and `default=`.
 */
function expandVariables(text: string, lookUp: (name: string) => string): string {
  let left = expansionLimit;
  let room = lengthLimit;
  const variable = /\$(?:\((\w+(?::[^()]*)?)\)|\{(\w+(?::[^{}]*)?)\})/g;
  const expand = (value: string): string =>
    value
      .replace(variable, (_whole, inRound, inCurly) => {
        const [, name = '', operator = ''] = /^(\w+):?(.*)$/s.exec(inRound ?? inCurly) ?? [];
        const assigned = left-- > 0 ? lookUp(name).slice(0, room) : '';
        room -= assigned.length;
        return operate(expand(assigned), operator);
      })
      .slice(0, lengthLimit);
  return expand(text);
}

function operate(value: string, operator: string): string {
  if (operator === 'rfc1034identifier') return value.replace(/[^A-Za-z0-9.-]/g, '-');
  return operator.startsWith('default=') && value === ''
    ? operator.slice('default='.length)
    : value;
}

/**
 * Maximum files that one file may include in all: they may include each other in a
 * circle.
 */
const includeLimit = 200;
/** Characters in all of them; a file that is read twice counts twice. */
const textLimit = 512 * 1024;

/**
 * The assignments of an xcconfig file and of its includes, in order; none for a missing
 * file.
 */
export function readXcconfig(path: string, directory: string): readonly Assignment[] {
  let files = 0;
  let left = textLimit;
  const read = (file: string): readonly Assignment[] => {
    const text = ++files > includeLimit ? null : readText(file, directory);
    if (text === null || text.length > left) return [];
    left -= text.length;
    return text.split('\n').flatMap((line, index): readonly Assignment[] => {
      const [written = ''] = line.split('//', 1);
      const [, included] = /^\s*#include\??\s*"([^"]+)"/.exec(line) ?? [];
      if (included !== undefined) return read(resolve(dirname(file), included));
      const [, key = '', value] = /^\s*(\w+(?:\[[^\]]*\])?)\s*=(.*)/.exec(written) ?? [];
      const place = (): Place => ({ file: nameIn(directory, file), line: index + 1 });
      return value === undefined ? [] : [{ key, value: value.trim(), place }];
    });
  };
  return read(path);
}
