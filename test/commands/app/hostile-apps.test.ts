import { symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeBuiltApp } from '../../support/built-app/built-app.ts';
import { hostileApps } from '../../support/built-app/hostile-apps.ts';
import { createMachine } from '../../support/context.ts';
import { processorTime } from '../../support/processor-time.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** @returns the error's code and sentence */
async function refused(path: string): Promise<string> {
  const { exitCode, stdout } = await createMachine().run(['app', 'check', path, '--json']);
  expect(exitCode, stdout).toBe(3);
  const { code, message } = JSON.parse(stdout).error;
  return `${code}: ${String(message).replace(path, 'App')}`;
}

test.each(Object.keys(hostileApps))('%s cannot be read, and costs little', async (name) => {
  const path = join(temporaryDirectory(), 'App.ipa');
  writeFileSync(path, hostileApps[name]?.() ?? '');
  const work = async (): Promise<void> =>
    expect(await refused(path)).toMatch(/^app-unreadable: App \w/);
  expect(await processorTime(work)).toBeLessThan(5_000);
});

const hasLinks = process.platform !== 'win32';

test.runIf(hasLinks).each(['Info.plist', 'Approver', 'embedded.mobileprovision'])(
  'a link that leads out of the app is not followed: %s',
  async (name) => {
    const directory = temporaryDirectory();
    writeBuiltApp(join(directory, 'App.app'));
    writeBuiltApp(join(directory, 'Other.app'));
    unlinkSync(join(directory, 'App.app', name));
    symlinkSync(join('../Other.app', name), join(directory, 'App.app', name));
    expect(await refused(join(directory, 'App.app'))).toContain(
      `has a link out of it named ${name}`,
    );
  },
);

test.runIf(hasLinks)(
  'an archive whose app is a link that leads out of it is not read',
  async () => {
    const directory = temporaryDirectory();
    writeBuiltApp(join(directory, 'Other.app'));
    writeBuiltApp(join(directory, 'App.xcarchive'));
    const list = join(directory, 'App.xcarchive/Info.plist');
    writeFileSync(
      list,
      '<plist><dict><key>ApplicationProperties</key><dict><key>ApplicationPath</key><string>Applications/Other.app</string></dict></dict></plist>',
    );
    const applications = join(directory, 'App.xcarchive/Products/Applications');
    symlinkSync('../../../Other.app', join(applications, 'Other.app'));
    expect(await refused(join(directory, 'App.xcarchive'))).toContain('has a link out of it');
  },
);

test.each(['../Other.app', '/Other.app', 'Applications/../../../../Other.app'])(
  'an archive that names an app outside of it is not read: %s',
  async (named) => {
    const directory = temporaryDirectory();
    writeBuiltApp(join(directory, 'Other.app'));
    writeBuiltApp(join(directory, 'App.xcarchive'));
    writeFileSync(
      join(directory, 'App.xcarchive/Info.plist'),
      `<plist><dict><key>ApplicationProperties</key><dict><key>ApplicationPath</key><string>${named}</string></dict></dict></plist>`,
    );
    expect(await refused(join(directory, 'App.xcarchive'))).toContain('contains no app');
  },
);
