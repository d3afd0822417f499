import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { copyProject, type Edit } from './copied-project.ts';

const pbxproj = 'Approver.xcodeproj/project.pbxproj';
const delegate = 'Approver/AppDelegate';
const category = 'Approver/Push/PushCategory';
const responder = 'Approver/Push/ChallengeResponder';

/** A source is Objective-C instead. */
function objectiveC(path: string, text: string): readonly Edit[] {
  const name = path.split('/').at(-1);
  return [
    [pbxproj, `path = ${name}.swift`, `path = ${name}.m`],
    [`${path}.swift`, null, null],
    [`${path}.m`, null, text],
  ];
}

const appDelegate = `#import "AppDelegate.h"
// UNNotificationCategory
@implementation AppDelegate
- (BOOL)application:(UIApplication *)application didFinishLaunchingWithOptions:(NSDictionary *)options {
    UNUserNotificationCenter *center = [UNUserNotificationCenter currentNotificationCenter];
    center.delegate = self.responder;
    [center requestAuthorizationWithOptions:UNAuthorizationOptionSound completionHandler:^(BOOL granted, NSError *error) {
        [application registerForRemoteNotifications];
    }];
    return YES;
}
- (void)application:(UIApplication *)application didRegisterForRemoteNotificationsWithDeviceToken:(NSData *)token {
    [Push handOver:token];
}
@end
`;

// biome-ignore lint/suspicious/noExplicitAny: the report
async function check(edits: readonly Edit[]): Promise<{ exitCode: number; report: any; stdout: string }> {
  const directory = copyProject('classic', edits);
  const { exitCode, stdout } = await createMachine().run(['app', 'check', directory, '--json']);
  return { exitCode, report: JSON.parse(stdout), stdout };
}

/** The codes of the findings, and the steps that are not judged. */
async function judged(edits: readonly Edit[]): Promise<readonly [readonly string[], readonly string[]]> {
  const { report } = await check(edits);
  const unjudged = report.steps.filter(({ ok }: { ok: unknown }) => ok === null);
  return [
    report.findings.map(({ code }: { code: string }) => code),
    unjudged.map(({ step }: { step: string }) => step),
  ];
}

describe('Objective-C', () => {
  test('an app delegate in it is said not to be read, in place of errors', async () => {
    const { exitCode, report } = await check(objectiveC(delegate, appDelegate));
    expect([exitCode, report.ok, report.findings]).toEqual([
      0,
      true,
      [
        {
          code: 'objective-c-not-read',
          level: 'info',
          message: 'The app delegate is Objective-C, which is not read.',
          hint: 'Check by hand what is not judged: Authorization for badge, sound and alert; Registration of the device token; Notification delegate.',
          file: 'Approver/AppDelegate.m',
          line: null,
        },
      ],
    ]);
  });

  test('an app of nothing else has no errors but of what is read', async () => {
    const all = [delegate, category, responder, 'Approver/Settings'].flatMap((path) => [
      ...objectiveC(path, path === delegate ? appDelegate : '@implementation A\n@end\n'),
    ]);
    const [codes, unjudged] = await judged([...all, ['Approver/Info.plist', 'remote-notification', 'audio']]);
    expect(codes).toEqual(['background-mode-missing', 'objective-c-not-read']);
    expect(unjudged).toEqual([
      'authorization',
      'category',
      'registration',
      'delegate',
      'challenge',
      'answer',
    ]);
  });

  test.each([
    ['with a header of its own', '@implementation AppDelegate\n@end\n'],
    ['of another name', '@implementation Starter\n@end\n'],
  ])('an app delegate %s is one', async (_name, text) => {
    const { report } = await check(objectiveC(delegate, text));
    expect(report.findings).toMatchObject([
      { code: 'objective-c-not-read', message: 'The app delegate is Objective-C, which is not read.' },
    ]);
  });

  test('what Swift does wrong is an error still', async () => {
    const wrong: readonly Edit[] = [
      [`${category}.swift`, '"MfaNotificationCategoryId"', '"Other"'],
      [`${responder}.swift`, 'isAccepted: false', 'isAccepted: true'],
    ];
    expect((await judged([...objectiveC(delegate, appDelegate), ...wrong]))[0]).toEqual([
      'category-identifier-wrong',
      'answer-one-sided',
      'objective-c-not-read',
    ]);
  });

  test.each<[string, string, readonly string[], readonly string[]]>([
    ['nothing of it', '@implementation A\n@end', ['category-missing', 'objective-c-not-read'], []],
    [
      'a comment of it',
      '/* UNNotificationCategory */ // UNNotificationAction',
      ['category-missing', 'objective-c-not-read'],
      [],
    ],
    [
      'a comment of it that never ends',
      '/* UNNotificationCategory',
      ['category-missing', 'objective-c-not-read'],
      [],
    ],
    [
      'it',
      '[UNNotificationCategory categoryWithIdentifier:@"a"]; [UNNotificationAction actionWithIdentifier:@"//"]; setNotificationCategories',
      ['objective-c-not-read'],
      ['category'],
    ],
  ])('a source beside a Swift app delegate has %s', async (_name, text, codes, unjudged) => {
    expect(await judged(objectiveC(category, text))).toEqual([codes, unjudged]);
  });

  test('main.m with a Swift app delegate is no app delegate', async () => {
    const main = 'int main() { return UIApplicationMain(0, nil, nil, @"AppDelegate"); }';
    const edits = [
      ...objectiveC('Approver/Settings', main),
      [`${delegate}.swift`, '.requestAuthorization(', '.ask('],
    ] as const;
    expect(await judged(edits)).toEqual([['authorization-missing', 'objective-c-not-read'], []]);
  });

  test('is told to a person', async () => {
    const directory = copyProject('classic', objectiveC(delegate, appDelegate));
    const { stdout } = await createMachine().run(['app', 'check', directory]);
    expect(stdout.slice(stdout.indexOf('✓'))).toBe(`✓ Background mode for remote notifications
✓ Push entitlement
? Authorization for badge, sound and alert
✓ Notification category and its two actions
? Registration of the device token
? Notification delegate
✓ Challenge read from the push
✓ Answer to the challenge
✓ IdentityConfiguration.plist filled in

i info The app delegate is Objective-C, which is not read. [objective-c-not-read]
    Approver/AppDelegate.m
    Check by hand what is not judged: Authorization for badge, sound and alert; Registration of the device token; Notification delegate.

! The app does what the guide asks, as far as it is seen (3 steps not judged).
`);
  });

  test.each([
    ['comments', '/*'.repeat(200_000)],
    ['strings', '"\\'.repeat(200_000)],
  ])('a source of %s that never end is passed over', async (_name, text) => {
    expect((await judged(objectiveC('Approver/Settings', text)))[0]).toEqual(['objective-c-not-read']);
  });
});

describe('links', () => {
  /** The classic project, in which a file is a link to where it lies now. */
  function moved(file: string, repository: boolean): string {
    const root = temporaryDirectory();
    const directory = copyProject('classic');
    const elsewhere = repository ? join(directory, '..', 'elsewhere') : root;
    mkdirSync(elsewhere, { recursive: true });
    if (repository) mkdirSync(join(directory, '..', '.git'));
    const target = join(elsewhere, 'file');
    const path = join(directory, file);
    writeFileSync(target, readFileSync(path));
    rmSync(path);
    symlinkSync(target, path);
    return directory;
  }

  test.each([
    [`${category}.swift`, 'source-not-read'],
    ['Approver/Info.plist', 'info-plist-unreadable'],
    ['Approver/Approver.entitlements', 'entitlements-unreadable'],
    ['Approver/IdentityConfiguration.plist', 'configuration-unreadable'],
  ])('that lead out of the project are not followed: %s', async (file, code) => {
    const run = async (repository: boolean): Promise<readonly string[]> => {
      const { stdout } = await createMachine().run(['app', 'check', moved(file, repository), '--json']);
      return JSON.parse(stdout).findings.map((finding: { code: string }) => finding.code);
    };
    expect(await run(false)).toContain(code);
    expect(await run(true)).toEqual([]);
  });

  test('a project file behind one is not read', async () => {
    const { stdout } = await createMachine().run(['app', 'check', moved(pbxproj, false), '--json']);
    expect(JSON.parse(stdout).error.code).toBe('project-not-recognised');
  });
});

test('sources that are missing are one finding', async () => {
  const { report } = await check([
    [`${category}.swift`, null, null],
    [`${responder}.swift`, null, null],
  ]);
  expect(report.findings.at(-1)).toMatchObject({
    code: 'source-not-read',
    message: '2 Swift sources were not read.',
    file: `${category}.swift`,
    also: [{ file: `${responder}.swift`, line: null }],
  });
});

test('sources are read only as far as their brackets fit into the memory for them', async () => {
  const { report } = await check([
    [`${category}.swift`, null, '{}'.repeat(100_000)],
    [`${responder}.swift`, null, '{}'.repeat(100_000)],
  ]);
  expect(report.findings.at(-1)).toMatchObject({ code: 'source-not-read', file: `${responder}.swift` });
});
