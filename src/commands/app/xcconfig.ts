import { dirname, resolve } from 'node:path';
import { parse } from '@bacons/xcode/xcconfig';
import { nameIn, readText } from './files.ts';
import type { Place } from './finding.ts';

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
export function holdsForPhones(
  { sdk = '', arch = '', config = '' }: { sdk?: string; arch?: string; config?: string },
  configuration: string,
): boolean {
  return (
    /^(iphoneos|\*|$)/.test(sdk) && /^(arm64|\*|$)/.test(arch) && ['', '*', configuration].includes(config)
  );
}
