/**
 * Node.js 20 compiles a function in parentheses at once, but no arrow function, in which the bundler wraps the modules of
 * packages: it would read each of them twice, which costs 2 ms where commander and node-forge load.
 */
export const calledAtOnce = {
  name: 'called-at-once',
  generateBundle(_options, bundle) {
    const chunks = Object.values(bundle).filter(({ type }) => type === 'chunk');
    const runtime = chunks.find(({ name }) => name === 'rolldown-runtime');
    const [, wrap] = /exports,"(\w+)",\{[^}]*\{return __commonJSMin\}/.exec(runtime?.code ?? '') ?? [];
    let count = 0;
    for (const chunk of chunks) {
      const [, from] = /([\w$]+)=require\("[^"]*rolldown-runtime-[^"]*"\)/.exec(chunk.code) ?? [];
      const wrapped = `(/\\* @__PURE__ \\*/ ${from?.replaceAll('$', '\\$')}\\.${wrap}\\(\\()`;
      const arrow = '(?:([\\w$]+)|\\(([\\w$,]*)\\))=>\\{';
      chunk.code = chunk.code.replace(new RegExp(wrapped + arrow, 'g'), (_, call, alone, several) => {
        count++;
        return `${call}function(${alone ?? several}){`;
      });
    }
    if (count === 0) throw new Error('The bundler wraps modules in another way');
  },
};
