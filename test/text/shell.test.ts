import { expect, test } from 'vitest';
import { removalOf, settingLine, shellWord } from '../../src/text/shell.ts';

test.each([
  ['/home/a/cert.p12', '/home/a/cert.p12', '/home/a/cert.p12'],
  ["it's", "'it'\\''s'", '"it\'s"'],
  ['a b', "'a b'", '"a b"'],
  ['', "''", '""'],
  ['C:\\Users\\ann\\cert.p12', "'C:\\Users\\ann\\cert.p12'", 'C:\\Users\\ann\\cert.p12'],
  ['C:\\Program Files\\', "'C:\\Program Files\\'", '"C:\\Program Files\\\\"'],
  // PowerShell would take these for the beginning of an array, a splat and a comment.
  ['a,b', 'a,b', '"a,b"'],
  ['@a', '@a', '"@a"'],
  ['#a', "'#a'", '"#a"'],
  ['a&b', "'a&b'", '"a&b"'],
  ['$env:PATH', "'$env:PATH'", "'$env:PATH'"],
  ["50%'s", "'50%'\\''s'", "'50%''s'"],
  ['a`b"c!', "'a`b\"c!'", "'a`b\"c!'"],
  // PowerShell takes typographic quotes for its own (about_Quoting_Rules).
  ['a’;b;‘', "'a’;b;‘'", '"a’;b;‘"'],
  ['a” ; calc ; “', "'a” ; calc ; “'", "'a” ; calc ; “'"],
  ['a„', "'a„'", "'a„'"],
  ['50% ’ ; calc ; ‘‚‛', "'50% ’ ; calc ; ‘‚‛'", "'50% ’’ ; calc ; ‘‘‚‚‛‛'"],
])('%j is one word', (text, posix, windows) => {
  expect([shellWord(text, 'linux'), shellWord(text, 'win32')]).toEqual([posix, windows]);
});

test('what sets a variable and what removes a path are of the system’s own shell', () => {
  expect(settingLine('A', "it's", 'darwin')).toBe("export A='it'\\''s'");
  expect(settingLine('A', "it's $x", 'win32')).toBe("$env:A = 'it''s $x'");
  expect(settingLine('A', '/home/Anna’; calc; ‘', 'win32')).toBe("$env:A = '/home/Anna’’; calc; ‘‘'");
  expect([removalOf('/a', 'linux'), removalOf('C:\\a', 'win32')]).toEqual(['rm /a', 'del C:\\a']);
});
