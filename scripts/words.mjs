/**
 * `npm run words`: fails on a phrase that docs/style.md bans, in the sources, the docs and the help that users read.
 * `npm run words -- FILE…` looks at these alone.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const markdown = /\.md$/;

/** The pages, which have none of the habits of docs/style.md. */
const pages = /docs\/.*\.md$|(?:README|SECURITY|CONTRIBUTING)\.md$/;

/** The hints. */
const hints = /src\/errors\/.*\.ts$|docs\/errors\.md$/;

/**
 * A phrase, its remedy, and the files that it is banned in: all unless named.
 * @type {readonly (readonly [RegExp, string, RegExp?])[]}
 */
const banned = [
  [/\btoo(?=[.,"'`]|$)/, '"also", before the verb'],
  [/there is of\b/, 'name it'],
  [/\bof no kind\b/, 'say what it looks like'],
  [/\bbegins? (again|anew)\b/i, '"starts over"'],
  [
    /\b(is|are|was|were) to (hold|have|be|answer|go|come|know|take|give)\b/,
    '"must", "should" or the verb itself',
  ],
  [/\bneeds? you\b/, '"needs attention"'],
  [/\b(stands?|is) in the way\b/, '"prevents"'],
  [/\bthat there (never )?(is|are|was|were)\b/, 'drop the clause'],
  [/\bgoes on (from|where)\b/, '"resumes"'],
  [/\bat either end\b/, '"leading and trailing"'],
  [/\bfor want of\b/, '"without"'],
  [/\bis no (mapping|list|text|number|date)\b/, '"must be"'],
  [/(\/\*\*|\*|\/\/) (What|Which) (?!.*\?)/, 'name the thing'],
  [/(^|[.:] |['"`>])(What|Which|Whether) (?!.*\?)[a-z][^.?]*\.(\s|$|['"`<])/, 'name the thing'],
  [/\btime-outs?\b/, '"timeout"'],
  [/\bfilesystem\b/, '"file system"'],
  [/\bends soon\b/, '"expires soon"'],
  [/\bpage of the run\b/, '"job summary"'],
  [/\btakes (Linux|macOS|Windows|no daemon)\b/, '"requires"'],
  [/[“”‘’]/, 'straight quotes', /(?<!printable|secret-oddities)\.\w+$/],
  [/\b(at|on) (a|the) terminal\b/i, '"in a terminal"'],
  [/\bAPNs stand-in\b/, '"stand-in for APNs"'],
  [/\bexclude each other\b|\bcannot both be\b/, '"cannot be used together"'],
  [/\bcertificate requests?\b/, '"certificate signing request"'],
  [/\be-mails?\b/i, '"email"'],
  [/\d [kK]B\b/, 'KiB'],
  [/\bin force\b/, '"current"'],
  [/\b([Ww]e|[Oo]urs?|us)\b(?! *,)/, 'name the program or the project', markdown],
  [
    /(^\s*\/?\*|\/\/|\/\*\*).*\b([Ww]e|[Oo]urs?|us)\b/,
    'name the program or the project',
    /\.(ts|mjs)$/,
  ],
  [/^\|.*[\w,;.] {2,}\w/, 'one space', markdown],
  [
    /\bat (?:the|a|an|your|each|every|that|another|any|no|one|its) (?:\w+ )?tenants?\b(?!')/,
    '"on the tenant", "sign in to the tenant" (S1)',
    pages,
  ],
  [/\bat Apple\b(?!')/, '"to Apple", "with Apple" (S1)', pages],
  [
    /\b(?:[Aa]|[Tt]he|each|every|another|next|last|first|later) (?:set|delete)\b(?! (?:of|up|by|request))/,
    'a verb, or a full noun (S2)',
    pages,
  ],
  [
    /\bend(?:s|ed)? (?:it |the \w+ )?with (?:exit code )?[\d`]|\bexit (?:code )?\d+ (?:if|when|unless)\b/i,
    '"exits with 4" (S3)',
    pages,
  ],
  [
    /\b(?:makes?|made|making) (?:it |a |an |the |new |its )?(?:application|certificate|file|key|request|role|user|\.p12)s?\b/,
    'create, issue, generate or write (S4)',
    pages,
  ],
  [/\b(?:[Tt]enants?|APNs|Apple) refuse[sd]?\b/, '"rejects" (S7)', pages],
  [/(?:^|[.:] |['"`]|^- )(?:Give|Provide|Specify) /, '"Use --option", "Set VARIABLE" (S5)', hints],
  [/\b(?:give|provide|specify) `?(?:--|MFA_CLI_)/i, '"Use --option", "Set VARIABLE" (S5)', pages],
  [
    /(?<!\|.*)[:;] (?:so|because|therefore|otherwise|that is|it is|they are|this is)\b/,
    'two sentences, or the conjunction alone (S13)',
    pages,
  ],
  [/, which\b[^.|;]*, which\b/, 'the noun again (S14)', pages],
  [/\bfolders?\b(?!\.ts)/i, '"directory" (S8)', pages],
  [
    /\w(?:ognis|ganis|ialis|malis|onis)(?:e[ds]?|ing)\b|\b(?:behaviour|cancell(?:ed|ing)|colour|judgement)/i,
    'American spelling (S9)',
  ],
  [/\bsome (?:\d|ten|twenty|thirty|thirteen|hundred|thousand)/, '"about" (S10)', pages],
  [/\bbesides?\b/i, '"next to" (S11)', pages],
  [
    /\b(?:stays?|replace[sd]?|writes?|written|keeps?|kept)(?: it| the \w+)?(?: back)? whole\b/,
    '"in one piece", "atomically" (S11)',
    pages,
  ],
  [
    /\bsays? (?:so|nothing|whether|which|why|how|no more)\b|\b(?:does|do|did) not (?:say|tell)\b/,
    '"reports", "shows", "prints" (S12)',
    pages,
  ],
];

/**
 * Blanks what a page shows of the program: its sources are looked at themselves.
 * @param {string} text
 */
function withoutOutput(text) {
  return text.replace(/^```console\n[\s\S]*?^```$/gm, (block) => block.replace(/.+/g, ''));
}

const pathspec = ['src', 'docs', 'README.md', 'CHANGELOG.md', '.github', 'examples', 'scripts'];
const given = process.argv.slice(2);
const files =
  given.length > 0
    ? given
    : execFileSync('git', ['ls-files', '--', ...pathspec], { encoding: 'utf8' })
        .split('\n')
        .filter((path) => /\.(md|ts|mts|mjs|yaml|yml|sh)$/.test(path));

let found = 0;
for (const file of files) {
  if (/docs\/style\.md$|scripts\/words\.mjs$/.test(file)) continue;
  for (const [index, line] of withoutOutput(readFileSync(file, 'utf8')).split('\n').entries())
    for (const [pattern, remedy, where] of banned) {
      if (where?.test(file) === false) continue;
      const match = pattern.exec(line);
      if (match === null) continue;
      console.log(`${file}:${index + 1}: "${match[0].trim()}": ${remedy}`);
      found++;
    }
}
if (found > 0) {
  console.log(`${found} phrases that docs/style.md bans`);
  process.exitCode = 1;
}
