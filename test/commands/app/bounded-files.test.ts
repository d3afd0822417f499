import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readXcconfig } from '../../../src/commands/app/build-settings.ts';
import { readPropertyList } from '../../../src/commands/app/plist.ts';
import { processorTime } from '../../support/processor-time.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** Far above what it takes, and far below what it took before. */
const bound = 5_000;

async function timed(work: () => void): Promise<void> {
  expect(await processorTime(work)).toBeLessThan(bound);
}

const values = '<integer>9e9</integer>'.repeat(40_000);

test.each([
  ['a list', `<plist><dict>${values}`],
  ['a document type', `<!DOCTYPE ${values}</plist>`],
  ['comments', `<plist>${'<!--'.repeat(50_000)}</plist>`],
  ['instructions', `<plist>${'<?a '.repeat(50_000)}</plist>`],
])('%s without an end is no property list, and takes no time', async (_name, text) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'Info.plist'), text);
  await timed(() => expect(readPropertyList(join(directory, 'Info.plist'), directory)).toBeNull());
});

const elements = '<a/>'.repeat(19_000);

test.each([
  ['of no list', `<${values}</plist>`],
  ['before the list', `${elements}<plist><dict></dict></plist>`],
  ['behind it', `<plist><dict></dict></plist>${elements}</plist>`],
  ['behind its end in capitals', `<plist><dict></dict></PLIST>${elements}</plist>`],
  ['behind its end with a blank', `<plist><dict></dict></plist >${elements}</plist>`],
  ['behind an empty one', `<plist/>${elements}</plist>`],
  ['of a list whose tag has no end', `<plist version="1.0"<dict>${elements}</dict></plist>`],
  ['of a list whose version has no end', `<plist version="1.0><dict>${elements}</dict></plist>`],
])('elements %s are none, and take no time', async (_name, text) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'Info.plist'), text);
  await timed(() => expect(readPropertyList(join(directory, 'Info.plist'), directory)).toBeNull());
});

test('a list with a type, a comment before and one behind is read', () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'Info.plist');
  const type =
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">';
  const list = '<plist version="1.0"><dict><key>A</key><string>b</string></dict></plist>';
  writeFileSync(path, `<?xml version="1.0"?>\n${type}\n<!-- a -> b --><!----> ${list}\n<!-- b -->\n`);
  expect(readPropertyList(path, directory)?.entries).toEqual(new Map([['A', 'b']]));
});

test('a file that includes itself on every line ends', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'Shared.xcconfig');
  writeFileSync(path, `A = b\n${'#include "Shared.xcconfig"\n'.repeat(15_000)}`);
  await timed(() =>
    expect(readXcconfig(path, directory, 'Debug')[0]).toMatchObject({ name: 'A', value: 'b' }),
  );
});

test('data of megabytes is no property list of the old style', () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'Info.plist');
  const read = (digits: string) => {
    writeFileSync(path, `{ A = b; C = <${digits}>; }`);
    return readPropertyList(path, directory)?.entries.get('A') ?? null;
  };
  expect([read('01 ab'), read('ab '.repeat(10_000))]).toEqual(['b', null]);
});
