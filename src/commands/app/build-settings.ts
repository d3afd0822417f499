import { dirname, resolve } from 'node:path';
import { parse } from '@bacons/xcode/xcconfig';
import { nameIn, readText } from './files.ts';
import type { Place } from './finding.ts';
import type { ProjectFile, ProjectObject } from './project.ts';

/** The build settings in effect for one target in one configuration. */
export type BuildSettings = ReturnType<typeof readBuildSettings>;

/** A setting as assigned in a file. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  /** Whether it has a condition, such as `[sdk=iphoneos*]`, which takes precedence over none. */
  readonly conditional: boolean;
  place(): Place;
}

/** Maximum variables to expand in one value: they may refer to each other in a circle. */
const expansionLimit = 1000;
/** Maximum length of an expanded value. */
const lengthLimit = 64 * 1024;

/**
 * Layers of settings, lowest precedence first: the project's xcconfig, the project, the target's xcconfig, the target. A
 * layer's `$(inherited)` is the value from the layers before it.
 */
export function readBuildSettings(project: ProjectFile, target: ProjectObject, configuration: string) {
  const [shared, own] = [project.root, target].map((owner) =>
    configurationObjects(owner).find((object) => object.text('name') === configuration),
  );
  const assigned = new Map<string, Assignment>();
  const layers = [shared, own].flatMap((layer) =>
    layer === undefined ? [] : assignmentsOf(project, layer, configuration),
  );
  for (const assignment of [...builtIn(project, target, configuration), ...layers]) {
    const before = assigned.get(assignment.name)?.value ?? '';
    const value = assignment.value.replace(/\$\(inherited\)|\$\{inherited\}/g, () => before);
    assigned.set(assignment.name, { ...assignment, value: value.slice(0, lengthLimit) });
  }
  const expand = (text: string): string => expandVariables(text, assigned);
  return {
    /** The value with its variables expanded; undefined if unset or empty. */
    get: (name: string) => expand(assigned.get(name)?.value ?? '').trim() || undefined,
    expand,
    /** The place of a setting's assignment, else the configuration that it belongs in. */
    place: (name: string) => assigned.get(name)?.place() ?? (own ?? target).place('buildSettings'),
  };
}

/** The names of a target's configurations. */
export function configurationsOf(target: ProjectObject): readonly string[] {
  return configurationObjects(target).map((object) => object.text('name') ?? '');
}

function configurationObjects(owner: ProjectObject): readonly ProjectObject[] {
  return owner.objects('buildConfigurationList').flatMap((list) => list.objects('buildConfigurations'));
}

/** The assignments of a configuration's xcconfig file, then its own. */
function assignmentsOf(
  project: ProjectFile,
  configuration: ProjectObject,
  named: string,
): readonly Assignment[] {
  const own = configuration.settings().flatMap(([key, value]): readonly Assignment[] => {
    const [, name, conditions = ''] = /^(\w+)((?:\[[^\]]*\])*)$/.exec(key) ?? [];
    const given = [...conditions.matchAll(/\[(\w+)=([^[\]]*)\]/g)].map(([, of = '', what = '']) => [
      of,
      what,
    ]);
    if (name === undefined || !holdsForPhones(Object.fromEntries(given), named)) return [];
    return [{ name, value, conditional: conditions !== '', place: () => configuration.place(key) }];
  });
  const base = baseOf(configuration);
  const layers = [base === null ? [] : readXcconfig(base, project.directory, named), own];
  return layers.flatMap((layer) => [...layer].sort((one, other) => +one.conditional - +other.conditional));
}

/** The xcconfig file that a configuration is based on: a file reference, or a path in a synchronized folder. */
function baseOf(configuration: ProjectObject): string | null {
  const [reference] = configuration.objects('baseConfigurationReference');
  if (reference !== undefined) return reference.path();
  const root = configuration.objects('baseConfigurationReferenceAnchor')[0]?.path() ?? null;
  return root && resolve(root, configuration.text('baseConfigurationReferenceRelativePath') ?? '');
}

function builtIn(project: ProjectFile, target: ProjectObject, configuration: string): readonly Assignment[] {
  const values = [
    ['TARGET_NAME TARGETNAME PRODUCT_NAME', target.text('name') ?? ''],
    ['PRODUCT_MODULE_NAME', '$(PRODUCT_NAME:c99extidentifier)'],
    ['EXECUTABLE_NAME', '$(PRODUCT_NAME)'],
    ['PROJECT_NAME PROJECT', project.name],
    ['CONFIGURATION', configuration],
    ['PROJECT_DIR SRCROOT SOURCE_ROOT', project.directory],
  ] as const;
  const rest = { conditional: false, place: () => target.place() };
  return values.flatMap(([names, value]) => names.split(' ').map((name) => ({ name, value, ...rest })));
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
    return operator.startsWith('default=') && text === '' ? operator.slice('default='.length) : text;
  }, value);
}

/** Maximum files that one file may include in all: they may include each other in a circle. */
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
      const included = includes.flatMap(({ include }) => read(resolve(dirname(file), include.path)));
      const applying = buildSettings.filter(({ conditions = [] }) =>
        conditions.every((each) => holdsForPhones(each, configuration)),
      );
      const assigned = applying.map(({ key: name, value, conditions }) => {
        return { name, value, conditional: conditions !== undefined, place };
      });
      return [...included, ...assigned];
    });
  };
  return read(path);
}

/** Whether a condition such as `[sdk=iphoneos*]` holds for a build for phones in a configuration. */
function holdsForPhones(
  { sdk = '', arch = '', config = '' }: { sdk?: string; arch?: string; config?: string },
  configuration: string,
): boolean {
  const isHere = ['', '*', configuration].includes(config);
  return isHere && /^(iphoneos|\*|$)/.test(sdk) && /^(arm64|\*|$)/.test(arch);
}
