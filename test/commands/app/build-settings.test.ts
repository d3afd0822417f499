import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBuildSettings } from '../../../src/commands/app/build-settings.ts';
import { readProjectFile } from '../../../src/commands/app/plist.ts';
import { applicationTargets } from '../../../src/commands/app/target.ts';
import { copyProject, type Edit } from './copied-project.ts';

const pbxproj = 'Approver.xcodeproj/project.pbxproj';
/** Of the project, and of the target, in both configurations. */
const [projectLevel, targetLevel] = ['IPHONEOS_DEPLOYMENT_TARGET = 15.0;', 'CODE_SIGN_STYLE = Automatic;'];

/** The other spelling of a variable: `{NAME}` after a dollar sign. */
function braced(name: string): string {
  return `{${name}}`;
}

function settings(edits: readonly Edit[]): ReturnType<typeof readBuildSettings> {
  const project = readProjectFile(join(copyProject('classic', edits), 'Approver.xcodeproj'));
  const [target] = applicationTargets(project);
  if (target === undefined) throw new Error('no target');
  return readBuildSettings(project, target, 'Release');
}

test.each<[string, readonly Edit[], string | undefined]>([
  ['nothing', [], undefined],
  ['the project', [[pbxproj, projectLevel, 'X = a;']], 'a'],
  [
    'the target, before the project',
    [
      [pbxproj, projectLevel, 'X = a;'],
      [pbxproj, targetLevel, 'X = b;'],
    ],
    'b',
  ],
  [
    'both',
    [
      [pbxproj, projectLevel, 'X = a;'],
      [pbxproj, targetLevel, 'X = "$(inherited) b";'],
    ],
    'a b',
  ],
  ['a list', [[pbxproj, targetLevel, 'X = (a, "b c", 1);']], 'a b c 1'],
  ['xcconfig', [['Config/Shared.xcconfig', '// What', 'X = a // b\n// What']], 'a'],
  [
    'the project, before its xcconfig',
    [
      ['Config/Shared.xcconfig', '// What', 'X = a\n// What'],
      [pbxproj, projectLevel, `X = "$${braced('inherited')}b";`],
    ],
    'ab',
  ],
  ['an xcconfig that is included', [['Config/Bundle.xcconfig', 'BUNDLE_PREFIX = com.example', 'X = a']], 'a'],
  [
    'the last assignment of an xcconfig',
    [['Config/Bundle.xcconfig', 'BUNDLE_PREFIX = com.example', 'X = a\nX = b']],
    'b',
  ],
  [
    'an xcconfig that is missing',
    [
      ['Config/Shared.xcconfig', 'Bundle.xcconfig"', 'Gone.xcconfig"'],
      ['Config/Shared.xcconfig', '= lab', '= lab\n#include? "Gone"\nX = a'],
    ],
    'a',
  ],
  [
    'a condition that holds, wherever it stands',
    [[pbxproj, targetLevel, '"X[sdk=iphoneos*]" = a; X = b;']],
    'a',
  ],
  [
    'conditions that do not hold',
    [[pbxproj, targetLevel, 'X = b; "X[sdk=macosx*]" = a; "X[sdk=iphoneos*][arch=armv7]" = a;']],
    'b',
  ],
  [
    'a condition in an xcconfig',
    [['Config/Shared.xcconfig', '// What', 'X[sdk=iphoneos*] = a\nX[sdk=iphonesimulator*] = b\n// What']],
    'a',
  ],
  [
    'a condition on the configuration',
    [['Config/Shared.xcconfig', '// What', 'X[config=Release] = a\nX[config=Debug] = b\n// What']],
    'a',
  ],
  [
    'a variable',
    [[pbxproj, targetLevel, `X = "$(TARGET_NAME)-$${braced('CONFIGURATION')}";`]],
    'Approver-Release',
  ],
  ['a variable that is not set', [[pbxproj, targetLevel, 'X = "$(NOBODY)";']], undefined],
  ['a default', [[pbxproj, targetLevel, 'X = "$(NOBODY:default=a)";']], 'a'],
  [
    'operators',
    [
      [
        pbxproj,
        targetLevel,
        'N = "My App"; X = "$(N:rfc1034identifier:lower) $(N:upper) $(N:c99extidentifier)";',
      ],
    ],
    'my-app MY APP My_App',
  ],
  ['a circle', [[pbxproj, targetLevel, 'X = "a$(Y)"; Y = "$(X)";']], 'a'.repeat(501)],
])('a setting comes from %s', (_name, edits, expected) => {
  expect(settings(edits).get('X')).toBe(expected);
});

test('a setting has its place', () => {
  expect(settings([]).place('BUNDLE_SUFFIX')).toEqual({ file: 'Config/Shared.xcconfig', line: 3 });
  expect(settings([]).place('INFOPLIST_FILE')).toEqual({ file: pbxproj, line: 182 });
  expect(settings([]).place('MISSING')).toEqual({ file: pbxproj, line: 178 });
});
