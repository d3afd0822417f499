import { join, sep } from 'node:path';
import { orNull } from '../../../errors/cli-error.ts';
import { realPathOf, statsOf } from '../../../files/directory.ts';
import { openLargeFile } from '../../../files/regular-file.ts';
import { entriesOf } from '../files.ts';
import { isDictionary, parsePropertyList, propertyListLimit } from '../property-list.ts';
import { type AppFolder, chunksIn, contentOf, Unreadable } from './app-folder.ts';

/** A folder, whose links may not lead out of it. */
export function openFolder(path: string, place = ''): AppFolder {
  const root = realPathOf(path);
  const pathTo = (name: string): string => {
    const real = orNull(() => realPathOf(join(root, name)));
    if (real !== null && !real.startsWith(root + sep))
      throw new Unreadable(`has a link out of it named ${name}`);
    return real ?? join(root, name);
  };
  return {
    place,
    sizeOf(name) {
      const stats = statsOf(pathTo(name));
      return stats?.isFile() === true ? stats.size : null;
    },
    async *chunksOf(name) {
      const file = openLargeFile(pathTo(name));
      try {
        yield* chunksIn(file, 0, file.size);
      } finally {
        file.close();
      }
    },
  };
}

const applications = 'Products/Applications';

/**
 * The app of an `.xcarchive`: the one that its Info.plist names, else the only one.
 * @throws {Unreadable}
 */
export async function openArchive(path: string): Promise<AppFolder> {
  const whole = openFolder(path);
  const content = await contentOf(whole, 'Info.plist', propertyListLimit);
  const list = content === null ? null : parsePropertyList(content);
  const properties = isDictionary(list) ? list.get('ApplicationProperties') : undefined;
  const named = isDictionary(properties) ? properties.get('ApplicationPath') : undefined;
  const name = typeof named === 'string' ? nameIn(named) : onlyAppIn(join(path, applications));
  // A link of that name may not lead out of the archive.
  const folder = join(path, applications, name);
  const root = orNull(() => realPathOf(path));
  const real = orNull(() => realPathOf(folder));
  if (root === null || real === null) throw new Unreadable(`contains no ${applications}/${name}`);
  if (!real.startsWith(root + sep)) throw new Unreadable(`has a link out of it named ${name}`);
  return openFolder(folder, `${applications}/${name}/`);
}

function nameIn(path: string): string {
  const [, name] = /^Applications\/([^/\\]+\.app)$/.exec(path) ?? [];
  if (name === undefined) throw new Unreadable('contains no app in Products/Applications');
  return name;
}

function onlyAppIn(path: string): string {
  const names = entriesOf(path).map(({ name }) => name);
  const [only, ...others] = names.filter((name) => name.endsWith('.app'));
  if (only === undefined) throw new Unreadable(`contains no app in ${applications}`);
  if (others.length > 0) throw new Unreadable('contains several apps');
  return only;
}
