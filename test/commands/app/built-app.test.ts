import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readBuiltApp } from '../../../src/commands/app/built/built-app.ts';
import { guideTexts } from '../../../src/commands/app/built/check-built.ts';
import { readCodeSignature } from '../../../src/commands/app/built/code-signature.ts';
import { PartsOfStream } from '../../../src/commands/app/built/mach-o.ts';
import { withZip } from '../../../src/commands/app/built/zip.ts';
import { builtFiles } from '../../support/built-app/built-app.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';

const signedBy = (tool: string): string =>
  fileURLToPath(new URL(`../../fixtures/app/signed/${tool}.ipa`, import.meta.url));

const entitlements = {
  'application-identifier': 'ABCDE12345.com.example.lab',
  'aps-environment': 'production',
  'com.apple.developer.team-identifier': 'ABCDE12345',
  'get-task-allow': false,
};
const inSignature = new Map<string, unknown>([
  ...Object.entries(entitlements),
  ['keychain-access-groups', ['ABCDE12345.com.example.lab']],
]);

test.each(['zsign', 'ldid'])('an app that %s signed is read', async (tool) => {
  const app = await withZip(signedBy(tool), (folder) =>
    readBuiltApp(folder, { texts: guideTexts }),
  );
  expect(app).toMatchObject({
    place: 'Payload/Approver.app/',
    bundleId: 'com.example.lab',
    version: '1.4',
    build: '57',
    backgroundModes: ['remote-notification'],
    program: 'Approver',
    isForSimulator: false,
    isSignedAlike: true,
    signature: { identifier: 'com.example.lab', team: 'ABCDE12345', isAdHoc: false },
    profile: { name: 'Approver for the App Store', teams: ['ABCDE12345'] },
  });
  expect(app.signature?.entitlements).toEqual(inSignature);
  expect(app.signature?.derEntitlements).toEqual(inSignature);
  expect(app.profile?.expires).toEqual(new Date('2119-01-15T00:00:00Z'));
  expect(app.found).toEqual(new Set(guideTexts));
});

test('an interrupted reading ends', async () => {
  const { signal } = new AbortController();
  const aborted = AbortSignal.abort(new Error('interrupted'));
  const read = (given: AbortSignal) =>
    withZip(signedBy('zsign'), (folder) => readBuiltApp(folder, { texts: [], signal: given }));
  expect((await read(signal)).found.size).toBe(0);
  await expect(read(aborted)).rejects.toThrow('interrupted');
});

test('a code directory of a version before teams names none', () => {
  const [, [, program] = ['', Buffer.alloc(0)]] = builtFiles();
  const signature = Buffer.from(program.subarray(0x4000));
  expect(readCodeSignature(signature).team).toBe('ABCDE12345');
  // CS_SUPPORTSSCATTER: later fields are its names.
  signature.writeUInt32BE(0x20100, signature.readUInt32BE(16) + 8);
  expect(readCodeSignature(signature)).toMatchObject({ identifier: 'com.example.lab', team: null });
});

test('parts of a stream are read across its chunks, and never backwards', () => {
  function* reading(second: number): Generator<{ from: number; length: number }, string, Buffer> {
    const first = yield { from: 1, length: 3 };
    return `${first} ${yield { from: second, length: 2 }}`;
  }
  for (const size of [1, 2, 3, 10]) {
    const parts = new PartsOfStream(reading(6));
    for (let at = 0; at < 10; at += size)
      parts.add(Buffer.from('0123456789').subarray(at, at + size));
    expect(parts.result()).toBe('123 67');
  }
  const backwards = new PartsOfStream(reading(3));
  expect(() => backwards.add(Buffer.from('0123456789'))).toThrow('damaged');
  const cutOff = new PartsOfStream(reading(6));
  cutOff.add(Buffer.from('0123456'));
  expect(() => cutOff.result()).toThrow('cut off');
});

/** The files of an app that these tests make, in a folder of their own. */
function writtenFiles(options: Parameters<typeof builtFiles>[0] = {}): string {
  const directory = temporaryDirectory();
  for (const [name, bytes] of builtFiles(options)) writeFileSync(join(directory, name), bytes);
  return directory;
}

describe('what the tests make of an app is read by others', () => {
  test.skipIf(isMissing('llvm-objdump'))('its program by LLVM', () => {
    const path = join(writtenFiles(), 'Approver');
    const words = ['--macho', '--private-headers', path];
    const told = execFileSync('llvm-objdump', words, { encoding: 'utf8' });
    expect(told).toMatch(/cmd LC_CODE_SIGNATURE\n\s+cmdsize 16\n\s+dataoff 16384/);
    expect(told).toContain('platform ios');
  });

  test.skipIf(isMissing('llvm-objdump'))('its program for two processors by LLVM', () => {
    const path = join(writtenFiles({ fat: '64' }), 'Approver');
    const words = ['--macho', '--universal-headers', path];
    const told = execFileSync('llvm-objdump', words, { encoding: 'utf8' });
    expect(told).toMatch(/FAT_MAGIC_64\nnfat_arch 2/);
    expect(told).toContain('architecture arm64');
  });

  test.skipIf(isMissing('openssl'))('its profile by OpenSSL', () => {
    const path = join(writtenFiles(), 'embedded.mobileprovision');
    const words = ['cms', '-verify', '-noverify', '-inform', 'DER', '-in', path];
    const list = execFileSync('openssl', words, { encoding: 'utf8', stdio: 'pipe' });
    expect(list).toContain('<key>aps-environment</key>');
  });

  test.skipIf(isMissing('python3')).each(['xml', 'binary'] as const)(
    'its Info.plist in the form %s by plistlib',
    (infoForm) => {
      const path = join(writtenFiles({ infoForm }), 'Info.plist');
      const line =
        'import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], "rb"))))';
      const list = JSON.parse(execFileSync('python3', ['-c', line, path], { encoding: 'utf8' }));
      expect(list).toEqual({
        CFBundleExecutable: 'Approver',
        CFBundleIdentifier: 'com.example.lab',
        CFBundleShortVersionString: '1.4',
        CFBundleVersion: '57',
        UIBackgroundModes: ['remote-notification'],
      });
    },
  );
});
