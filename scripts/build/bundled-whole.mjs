/**
 * @typedef {Pick<import('rolldown').OutputAsset, 'type' | 'fileName'>} Asset
 * @typedef {Pick<import('rolldown').OutputChunk, 'type' | 'fileName' | 'imports' | 'dynamicImports' | 'code'>} Chunk
 * @typedef {Asset | Chunk} OutputFile
 */

/**
 * For packages that a runtime has a stand-in for: Bun gives its own undici, without bounds and CAs, to whoever imports it.
 * @param {readonly OutputFile[]} output
 * @param {readonly string[]} names
 * @throws if a chunk imports one of them from outside, by its name or a path in it
 */
export function checkBundled(output, names) {
  for (const chunk of output) {
    if (chunk.type !== 'chunk') continue;
    const { fileName, imports, dynamicImports, code } = chunk;
    for (const name of names) {
      const outside = new RegExp(
        `(?:\\brequire|\\bimport|\\bfrom)\\s*\\(?\\s*["'\`]${name}(?:/[^"'\`]*)?["'\`]`,
      );
      const isNamed = [...imports, ...dynamicImports].some(
        (id) => id === name || id.startsWith(`${name}/`),
      );
      if (isNamed || outside.test(code))
        throw new Error(`${fileName} imports ${name} from outside`);
    }
  }
}
