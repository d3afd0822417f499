import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitest/config';

const register = fileURLToPath(new URL('register.ts', import.meta.url));

/** Makes a file `NAME.story` a test file, a test a story. */
export function storyFiles(): Plugin {
  return {
    name: 'story-files',
    enforce: 'pre',
    load(id) {
      const [path = ''] = id.split('?');
      if (!path.endsWith('.story')) return null;
      const text = readFileSync(path, 'utf8');
      const code = [
        `import { registerStories } from ${JSON.stringify(register)};`,
        `registerStories(${JSON.stringify(path)}, ${JSON.stringify(text)});`,
      ];
      return { code: code.join('\n'), map: null };
    },
  };
}
