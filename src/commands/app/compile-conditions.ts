import { type BuildSettings, configurationsOf, readBuildSettings } from './build-settings.ts';
import type { ProjectFile, ProjectObject } from './pbxproj.ts';
import type { Conditions } from './swift-conditions.ts';

/** By convention a configuration with this name is for debugging. */
const debugging = /debug/i;

/**
 * The conditions under which a target is compiled in one configuration. A name that none of its configurations sets may
 * come from elsewhere, and is unknown; except DEBUG, which nobody sets for distribution.
 */
export function targetConditions(
  project: ProjectFile,
  target: ProjectObject,
  configuration: string,
): Conditions {
  const settings = readBuildSettings(project, target, configuration);
  const set = flagsOf(settings);
  const elsewhere = new Set(
    configurationsOf(project, target).flatMap((name) => [
      ...flagsOf(readBuildSettings(project, target, name)),
    ]),
  );
  const language = Number.parseInt(settings.get('SWIFT_VERSION') ?? '', 10);
  return {
    flag: (name) =>
      set.has(name) ||
      (elsewhere.has(name) || (name === 'DEBUG' && !debugging.test(configuration)) ? false : null),
    language: Number.isNaN(language) ? null : language,
  };
}

/** The same for a package built along with it: the package manager itself sets DEBUG. */
export function packageConditions(configuration: string): Conditions {
  const set = new Map([
    ['DEBUG', debugging.test(configuration)],
    ['SWIFT_PACKAGE', true],
  ]);
  return { flag: (name) => set.get(name) ?? null, language: null };
}

function flagsOf(settings: BuildSettings): ReadonlySet<string> {
  const flags = settings.get('OTHER_SWIFT_FLAGS') ?? '';
  return new Set([
    ...(settings.get('SWIFT_ACTIVE_COMPILATION_CONDITIONS') ?? '').split(/\s+/),
    ...[...flags.matchAll(/(?<!\S)["']?-D["'\s]*([\p{L}\p{N}_]+)/gu)].map(([, name = '']) => name),
  ]);
}
