import type { ErrorCode as SyntaxCode } from 'yaml';

const missingColon = 'a key needs a colon and a blank behind it';
export const tooDeep = 'this is nested too deeply';
export const keyTwice = 'this key occurs before in the same mapping';

/** The parser's own sentences quote the text, in which a secret may stand. One without an entry does not compile. */
const sentences: Readonly<Record<SyntaxCode, string>> = {
  ALIAS_PROPS: 'an alias takes no anchor and no tag',
  BAD_ALIAS: 'an alias is * and the name of an anchor',
  BAD_COLLECTION_TYPE: 'this tag does not fit what follows it',
  BAD_DIRECTIVE: 'this is not a directive of YAML',
  BAD_DQ_ESCAPE: 'this is no escape sequence: write \\\\ for a backslash, or use single quotes',
  BAD_INDENT:
    'this is indented by another width than what it belongs to, or a bracket before it is not closed',
  BAD_PROP_ORDER: 'anchors and tags stand directly before their value',
  BAD_SCALAR_START: 'text that begins with this character needs quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a key and a value cannot follow here: text with a colon needs quotes',
  BLOCK_IN_FLOW: 'within brackets only brackets can follow',
  DUPLICATE_KEY: keyTwice,
  IMPOSSIBLE: 'this is not YAML',
  KEY_OVER_1024_CHARS: 'a key has at most 1024 characters',
  MISSING_CHAR: 'a comma, a colon or a blank is missing here',
  MULTILINE_IMPLICIT_KEY: 'a key stands on a line of its own: text of several lines needs quotes',
  MULTIPLE_ANCHORS: 'a value has at most one anchor',
  MULTIPLE_DOCS: 'a second document begins here: a file declares one fleet',
  MULTIPLE_TAGS: 'a value has at most one tag',
  NON_STRING_KEY: 'a key is text',
  RESOURCE_EXHAUSTION: tooDeep,
  TAB_AS_INDENT: 'a tab cannot indent: use blanks',
  TAG_RESOLVE_FAILED: 'this tag is unknown',
  UNEXPECTED_TOKEN: 'this does not belong here',
};

/** What is said of a fault of the syntax. @param message the parser's */
export function syntaxSentence(code: SyntaxCode, message = ''): string {
  if (code === 'MISSING_CHAR' && message.startsWith('Missing closing'))
    return 'a quote before this is not closed';
  return code === 'MISSING_CHAR' && message.startsWith('Implicit map keys') ? missingColon : sentences[code];
}
