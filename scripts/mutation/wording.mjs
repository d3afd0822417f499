/**
 * What a sentence says to a person is not mutated: text and hints are compared where they matter, and are free to change.
 * Only the literals themselves are passed over, not the decisions and values that stand in them.
 */
const isWording = ({ node, parentPath: above }) => {
  if (!above) return false;
  if (above.isConditionalExpression() || above.isBinaryExpression({ operator: '+' })) return isWording(above);
  if (above.isNewExpression() || above.isCallExpression()) return sentenceOf(above.node) === node;
  return (
    above.isObjectProperty() && ['message', 'hint'].includes(above.node.key.name) && above.node.value === node
  );
};

/** Where, among its arguments, an error or what makes one takes a sentence or a part of it. */
const sentences = {
  ...{ CliError: 1, Error: 0, TypeError: 0, RangeError: 0, Malformed: 0, super: 0 },
  ...{ unwritable: 0, members: 1, text: 1, nullable: 1, instant: 1, positive: 1 },
};
const sentenceOf = ({ callee, arguments: given }) =>
  given[sentences[callee.type === 'Super' ? 'super' : callee.name]];

const shouldIgnore = (path) => {
  const literal =
    path.isStringLiteral() || (path.isTemplateLiteral() && path.node.expressions.every(isPlain));
  return literal && isWording(path) ? 'wording' : undefined;
};

/** An expression in which nothing can be mutated that matters. */
const isPlain = ({ type, object }) =>
  type === 'Identifier' || (type === 'MemberExpression' && isPlain(object));

export const strykerPlugins = [{ kind: 'Ignore', name: 'wording', value: { shouldIgnore } }];
