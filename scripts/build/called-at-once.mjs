/**
 * The bundler wraps each module of a package in an arrow function, which Node.js 20 parses twice. It compiles a `function` in
 * parentheses at once, which saves 2 ms where commander and node-forge load.
 * @type {import('rolldown').Plugin}
 */
export const calledAtOnce = {
  name: 'called-at-once',
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
    const runtime = chunks.find(({ name }) => name === 'rolldown-runtime');
    const [, wrap] =
      /exports,"(\w+)",\{[^}]*\{return __commonJSMin\}/.exec(runtime?.code ?? '') ?? [];
    let count = 0;
    for (const chunk of chunks) {
      const [, runtimeName] =
        /([\w$]+)=require\("[^"]*rolldown-runtime-[^"]*"\)/.exec(chunk.code) ?? [];
      const wrapped = `(/\\* @__PURE__ \\*/ ${runtimeName?.replaceAll('$', '\\$')}\\.${wrap}\\(\\()`;
      const arrow = '(?:([\\w$]+)|\\(([\\w$,]*)\\))=>\\{';
      chunk.code = chunk.code.replace(
        new RegExp(wrapped + arrow, 'g'),
        (_, call, parameter, parameters) => {
          count++;
          return `${call}function(${parameter ?? parameters}){`;
        },
      );
    }
    if (count === 0) throw new Error('The bundler wraps modules in another way');
  },
};
