/**
 * Node.js 20 compiles a function in parentheses right away, but not an arrow function: it reads the modules of packages twice
 * then, which costs 2 ms where commander and node-forge load. The bundler wraps them in arrow functions.
 */
export const calledAtOnce = {
  name: 'called-at-once',
  generateBundle(_options, bundle) {
    const runtime = Object.values(bundle).find(({ name }) => name === 'rolldown-runtime');
    const [, wrap] = /exports,"(\w+)",\{[^}]*\{return __commonJSMin\}/.exec(runtime?.code ?? '') ?? [];
    if (wrap === undefined) throw new Error('The bundler wraps modules in another way');
    const wrapped = new RegExp(
      `(/\\* @__PURE__ \\*/ [\\w$]+\\.${wrap}\\(\\()(?:([\\w$]+)|\\(([\\w$,]*)\\))=>\\{`,
      'g',
    );
    for (const chunk of Object.values(bundle))
      if (chunk.type === 'chunk')
        chunk.code = chunk.code.replace(
          wrapped,
          (_, call, alone, several) => `${call}function(${alone ?? several}){`,
        );
  },
};
