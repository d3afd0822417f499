import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openSettings } from '../../src/emulator/settings.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const stateFile = (): string => join(temporaryDirectory(), 'state.json');

describe('the state file', () => {
  test('keeps the settings for whoever opens it next', () => {
    const file = stateFile();
    openSettings(file).change({ set: { a: '1', b: '2', c: '3' } });
    openSettings(file).change({ remove: ['b'], set: { a: '4' } });
    expect(openSettings(file).entries()).toEqual([
      ['c', '3'],
      ['a', '4'],
    ]);
  });

  test('is for its owner alone, even after it was not', () => {
    const file = stateFile();
    openSettings(file).change({ set: { a: '1' } });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    openSettings(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is replaced, and nothing is left beside it', () => {
    const file = stateFile();
    const settings = openSettings(file);
    const before = statSync(file).ino;
    settings.change({ set: { a: '1' } });
    expect(statSync(file).ino).not.toBe(before);
    expect(readdirSync(join(file, '..'))).toEqual(['state.json']);
  });

  test.each([
    ['nothing', ''],
    ['half a document', '{"settings":{"a":'],
    ['a list', '[]'],
    ['other settings', '{"settings":{"a":1}}'],
    ['settings as a list', '{"settings":["a"]}'],
    ['another document', '{"profiles":{}}'],
  ])('that holds %s is refused and left as it is', (_name, text) => {
    const file = stateFile();
    writeFileSync(file, text);
    expect(() => openSettings(file)).toThrow(
      expect.objectContaining({
        code: 'file-unreadable',
        message: `${file} is not a state file of the emulator`,
      }),
    );
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('that is a directory cannot be read', () => {
    const directory = temporaryDirectory();
    expect(() => openSettings(directory)).toThrow(expect.objectContaining({ code: 'file-unreadable' }));
  });

  test('in a directory that is not there cannot be written, which is said at once', () => {
    const file = join(temporaryDirectory(), 'missing', 'state.json');
    expect(() => openSettings(file)).toThrow(expect.objectContaining({ code: 'file-unwritable' }));
  });

  test('that can no longer be written leaves the settings as they were', () => {
    const file = stateFile();
    const settings = openSettings(file);
    settings.change({ set: { a: '1' } });
    rmSync(join(file, '..'), { recursive: true });
    expect(() => settings.change({ set: { a: '2' } })).toThrow(
      expect.objectContaining({ code: 'file-unwritable' }),
    );
    expect(settings.entries()).toEqual([['a', '1']]);
  });
});
