import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { formatManual } from '../../src/reference/manual.ts';
import { describe as describeCommands } from '../../src/run-command-line.ts';
import { version } from '../../src/text/version.ts';
import { commandWords } from '../support/command-words.ts';
import { isMissing } from '../support/tools.ts';

/** As the build wrote it and npm installs it, which takes a list only. */
const {
  man: [man],
} = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const page = fileURLToPath(new URL(`../../${man}`, import.meta.url));

function render(): { text: string; warnings: string } {
  const env = { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', MANWIDTH: '100', MANPAGER: 'cat' };
  const { status, stdout, stderr } = spawnSync('man', ['--warnings=w', '-l', page], {
    env,
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return { text: stdout, warnings: stderr };
}

describe('the man page', () => {
  test.skipIf(isMissing('man'))('renders without a warning, with its sections in order', () => {
    const { text, warnings } = render();
    expect(warnings).toBe('');
    expect(text.match(/^[A-Z][A-Z ]+$/gm)).toEqual([
      'NAME',
      'SYNOPSIS',
      'DESCRIPTION',
      'COMMANDS',
      'OPTIONS',
      'ENVIRONMENT',
      'EXIT STATUS',
      'FILES',
      'EXAMPLES',
    ]);
  });

  test.skipIf(isMissing('man'))(
    'has every command with its options, and text as it can be copied',
    () => {
      const { text } = render();
      for (const words of commandWords) {
        expect(text).toMatch(new RegExp(`^ {3}mfa-cli ${words}( |$)`, 'm'));
      }
      expect(text).toContain(
        '       --format format\n              output format; default: base64; p12 with --encryption or --new-password-file (base64,',
      );
      expect(text).toContain(
        '           mfa-cli apns convert cert.p12 --encryption legacy --out for-old-servers.p12',
      );
      expect(text).toContain("file with the .p12's password (- for stdin) [MFA_CLI_P12_PASSWORD]");
      expect(text).toContain('~/.config/mfa-cli/config.json');
      expect(text).toMatch(/^ {7}130 {4}canceled/m);
    },
  );

  test.skipIf(isMissing('lexgrog'))('is known to apropos by its name', () => {
    expect(execFileSync('lexgrog', [page], { encoding: 'utf8' })).toMatch(
      /: "mfa-cli - checks and sets the Apple push certificate/,
    );
  });

  test('is made from the command tree', async () => {
    expect(readFileSync(page, 'utf8')).toBe(formatManual(await describeCommands(), version));
  });

  test('spells what roff would take for its own', async () => {
    const root = await describeCommands();
    const text = formatManual(
      { ...root, examples: [".p12 of 'C:\\x' ~ ^ `"], commands: [] },
      '1.0.0',
    );
    expect(text).toContain('\n\\&.p12 of \\(aqC:\\ex\\(aq \\(ti \\(ha \\(ga\n');
  });
});
