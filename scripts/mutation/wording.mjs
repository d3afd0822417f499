/**
 * Sentences for people are not mutated: texts and hints are compared where they matter, and otherwise free to change. Only
 * the literals themselves are skipped, not the decisions and values inside them.
 * @param {any} path Babel's, whose types are not installed
 * @returns {boolean}
 */
const isWording = ({ node, parentPath: above }) => {
  if (!above) return false;
  if (above.isConditionalExpression() || above.isBinaryExpression({ operator: '+' }))
    return isWording(above);
  if (above.isNewExpression() || above.isCallExpression()) return sentenceOf(above.node) === node;
  return (
    above.isObjectProperty() &&
    ['message', 'hint'].includes(above.node.key.name) &&
    above.node.value === node
  );
};

/**
 * The argument of an error, or of a function that makes one, that is a sentence or part of one.
 * @type {Readonly<Record<string, number>>}
 */
const sentences = {
  CliError: 1,
  Error: 0,
  TypeError: 0,
  RangeError: 0,
  Malformed: 0,
  super: 0,
  unwritable: 0,
  members: 1,
  text: 1,
  nullable: 1,
  instant: 1,
  positive: 1,
};

/** @param {any} node */
const sentenceOf = ({ callee, arguments: given }) => {
  const at = sentences[callee.type === 'Super' ? 'super' : callee.name];
  return at === undefined ? undefined : given[at];
};

/** @param {any} path */
const shouldIgnore = (path) => {
  const literal =
    path.isStringLiteral() || (path.isTemplateLiteral() && path.node.expressions.every(isPlain));
  return literal && isWording(path) ? 'wording' : undefined;
};

/**
 * An expression without anything worth mutating.
 * @param {any} node
 * @returns {boolean}
 */
const isPlain = ({ type, object }) =>
  type === 'Identifier' || (type === 'MemberExpression' && isPlain(object));

export const strykerPlugins = [{ kind: 'Ignore', name: 'wording', value: { shouldIgnore } }];
