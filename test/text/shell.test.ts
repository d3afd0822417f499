import { removalOf, settingLine, shellWord } from '../../src/text/shell.ts';
import { testCases } from '../support/cases.ts';

testCases('text/shell', {
  'shellWord on Linux and on Windows': (text: string) => [
    shellWord(text, 'linux'),
    shellWord(text, 'win32'),
  ],
  settingLine,
  removalOf,
});
