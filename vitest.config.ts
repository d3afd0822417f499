import { readdirSync, readFileSync } from 'node:fs';
import base from './vitest.base.config.ts';

const { include, exclude = [], ...test } = base.test ?? {};

/** The tests that put something else in the place of a module. The others share what is loaded, in a third less time. */
const replacing = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path}`)
  .filter((path) => path.endsWith('.test.ts') && /\bvi\.(mock|doMock)\(/.test(readFileSync(path, 'utf8')));

/** `npm test`. */
export default {
  ...base,
  test: {
    ...test,
    projects: [
      {
        extends: true,
        test: { name: 'shared', include, exclude: [...exclude, ...replacing], isolate: false },
      },
      { extends: true, test: { name: 'isolated', include: replacing, exclude } },
    ],
  },
};
