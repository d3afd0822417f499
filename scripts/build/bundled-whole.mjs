/**
 * For packages that a runtime has a stand-in for: Bun gives its own undici, without bounds and CAs, to whoever imports it.
 * @throws if a chunk imports one of them from outside, by its name or a path in it
 */
export function checkBundled(output, names) {
  for (const { type, fileName, imports, dynamicImports, code } of output) {
    if (type !== 'chunk') continue;
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
