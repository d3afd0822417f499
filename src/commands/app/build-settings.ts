import { dirname, resolve } from 'node:path';
import { parse } from '@bacons/xcode/xcconfig';
import { nameIn, readText } from './files.ts';
import type { Place } from './finding.ts';
import {
  lineOf,
  objectsOf,
  type ProjectFile,
  type ProjectObject,
  pathOf,
  settingsOf,
  textOf,
} from './plist.ts';

/** The build settings in effect for one target in one configuration. */
export interface BuildSettings {
  /** The value with its variables expanded; undefined if unset or empty. */
  get(name: string): string | undefined;
  /** A text of another file, with its variables expanded. */
  expand(text: string): string;
  /** Where a setting is assigned; if it is not, the configuration that it belongs in. */
  place(name: string): Place;
}

/** How many variables to expand in one value: they may refer to each other in a circle. */
const expansionLimit = 1000;
/** The longest value to build from others. */
const lengthLimit = 64 * 1024;

/**
 * Layers of settings, lowest precedence first: the project's xcconfig, the project, the target's xcconfig, the target. A
 * layer's `$(inherited)` is the value from the layers before it.
 */
export function readBuildSettings(
  project: ProjectFile,
  target: ProjectObject,
  configuration: string,
): BuildSettings {
  const own = configurationOf(project, target, configuration);
  const assigned = new Map<string, Assignment>(builtIn(project, target, configuration));
  for (const layer of [configurationOf(project, project.root, configuration), own]) {
    if (layer !== undefined)
      for (const item of assignmentsOf(project, layer, configuration)) assign(assigned, item);
  }
  const expand = (text: string): string => expandVariables(text, assigned);
  return {
    get: (name) => expand(assigned.get(name)?.value ?? '').trim() || undefined,
    expand,
    place: (name) =>
      assigned.get(name)?.place() ?? {
        file: nameIn(project.directory, project.path),
        line: lineOf(project, own ?? target, 'buildSettings'),
      },
  };
}

/** The names of a target's configurations. */
export function configurationsOf(project: ProjectFile, target: ProjectObject): readonly string[] {
  return configurationObjects(project, target).map((object) => textOf(object, 'name') ?? '');
}

function configurationOf(
  project: ProjectFile,
  owner: ProjectObject,
  name: string,
): ProjectObject | undefined {
  return configurationObjects(project, owner).find((object) => textOf(object, 'name') === name);
}

function configurationObjects(project: ProjectFile, owner: ProjectObject): readonly ProjectObject[] {
  return objectsOf(project, owner, 'buildConfigurationList').flatMap((list) =>
    objectsOf(project, list, 'buildConfigurations'),
  );
}

function assignmentsOf(
  project: ProjectFile,
  configuration: ProjectObject,
  named: string,
): readonly Assignment[] {
  const file = nameIn(project.directory, project.path);
  const own = settingsOf(configuration, 'buildSettings').flatMap(([key, value]) => {
    const [, name, conditions = ''] = /^(\w+)((?:\[[^\]]*\])*)$/.exec(key) ?? [];
    if (name === undefined || !holdsForPhones(conditionsIn(conditions), named)) return [];
    return [
      {
        name,
        value,
        conditional: conditions !== '',
        place: () => ({ file, line: lineOf(project, configuration, key) }),
      },
    ];
  });
  const base = baseOf(project, configuration);
  const layers = [base === null ? [] : readXcconfig(base, project.directory, named), own];
  return layers.flatMap((layer) => [
    ...layer.filter(({ conditional }) => !conditional),
    ...layer.filter(({ conditional }) => conditional),
  ]);
}

/** The xcconfig file that a configuration is based on: a file reference, or a path in a synchronized folder. */
function baseOf(project: ProjectFile, configuration: ProjectObject): string | null {
  const [reference] = objectsOf(project, configuration, 'baseConfigurationReference');
  if (reference !== undefined) return pathOf(project, reference);
  const [folder] = objectsOf(project, configuration, 'baseConfigurationReferenceAnchor');
  const root = folder === undefined ? null : pathOf(project, folder);
  return root === null || folder === undefined
    ? null
    : resolve(root, textOf(configuration, 'baseConfigurationReferenceRelativePath') ?? '');
}

function conditionsIn(text: string): { sdk?: string; arch?: string; config?: string } {
  return Object.fromEntries(
    [...text.matchAll(/\[(\w+)=([^[\]]*)\]/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

function assign(assigned: Map<string, Assignment>, { name, value, ...rest }: Assignment): void {
  const before = assigned.get(name)?.value ?? '';
  const inherited = value.replace(/\$\(inherited\)|\$\{inherited\}/g, () => before).slice(0, lengthLimit);
  assigned.set(name, { name, value: inherited, ...rest });
}

function builtIn(
  project: ProjectFile,
  target: ProjectObject,
  configuration: string,
): readonly (readonly [string, Assignment])[] {
  const name = textOf(target, 'name') ?? '';
  const values = {
    TARGET_NAME: name,
    TARGETNAME: name,
    PRODUCT_NAME: name,
    PRODUCT_MODULE_NAME: '$(PRODUCT_NAME:c99extidentifier)',
    EXECUTABLE_NAME: '$(PRODUCT_NAME)',
    PROJECT_NAME: project.name,
    PROJECT: project.name,
    CONFIGURATION: configuration,
    PROJECT_DIR: project.directory,
    SRCROOT: project.directory,
    SOURCE_ROOT: project.directory,
  };
  const place = (): Place => ({
    file: nameIn(project.directory, project.path),
    line: lineOf(project, target),
  });
  return Object.entries(values).map(([key, value]) => [key, { name: key, value, conditional: false, place }]);
}

/** `$(NAME)` and `${NAME}` with their operators, however deeply nested. */
function expandVariables(text: string, assigned: ReadonlyMap<string, Assignment>): string {
  let left = expansionLimit;
  const variable = /\$\((\w+)(?::([^()]*))?\)|\$\{(\w+)(?::([^{}]*))?\}/g;
  const expand = (value: string): string =>
    value
      .replace(variable, (_whole, name, operators, braced, others) => {
        const named = assigned.get(name ?? braced)?.value ?? '';
        return operate(left-- > 0 ? expand(named) : '', operators ?? others);
      })
      .slice(0, lengthLimit);
  return expand(text);
}

/** The operators of a variable: `$(PRODUCT_NAME:rfc1034identifier)`, `$(SUFFIX:default=.debug)`. */
function operate(value: string, operators: string | undefined): string {
  return (operators ?? '').split(':').reduce((text, operator) => {
    if (operator === 'lower') return text.toLowerCase();
    if (operator === 'upper') return text.toUpperCase();
    if (operator === 'rfc1034identifier') return text.replace(/[^A-Za-z0-9.-]/g, '-');
    if (operator === 'identifier' || operator === 'c99extidentifier') return text.replace(/\W/g, '_');
    if (operator.startsWith('default=')) return text === '' ? operator.slice('default='.length) : text;
    return text;
  }, value);
}

/** A setting as assigned in a file, if it applies to phones. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  /** Whether it has a condition, such as `[sdk=iphoneos*]`, which takes precedence over none. */
  readonly conditional: boolean;
  place(): Place;
}

/** How many files one file may include in all: they may include each other in a circle. */
const includeLimit = 200;

/** Characters in all of them; a file that is read twice counts twice. */
const textLimit = 512 * 1024;

/** The assignments of an xcconfig file and of its includes, in order; none for a missing file. */
export function readXcconfig(path: string, directory: string, configuration: string): readonly Assignment[] {
  let [files, left] = [0, textLimit];
  const read = (file: string): readonly Assignment[] => {
    const text = ++files > includeLimit ? null : readText(file, directory);
    if (text === null || text.length > left) return [];
    left -= text.length;
    // Each line is parsed on its own, so that its number is known and an include takes effect in place.
    return text.split('\n').flatMap((line, index) => {
      const { includes, buildSettings } = parse(line);
      const place = (): Place => ({ file: nameIn(directory, file), line: index + 1 });
      return [
        ...includes.flatMap(({ include }) => read(resolve(dirname(file), include.path))),
        ...buildSettings
          .filter(
            ({ conditions }) => conditions?.every((each) => holdsForPhones(each, configuration)) !== false,
          )
          .map(({ key, value, conditions }) => ({
            name: key,
            value,
            conditional: conditions !== undefined,
            place,
          })),
      ];
    });
  };
  return read(path);
}

/** Whether a condition such as `[sdk=iphoneos*]` holds for a build for phones in a configuration. */
function holdsForPhones(
  { sdk = '', arch = '', config = '' }: { sdk?: string; arch?: string; config?: string },
  configuration: string,
): boolean {
  return (
    /^(iphoneos|\*|$)/.test(sdk) && /^(arm64|\*|$)/.test(arch) && ['', '*', configuration].includes(config)
  );
}
