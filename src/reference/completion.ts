import type { CommandNode } from './command-tree.ts';
import { topics } from './words.ts';

/** A word that completes a line, and its meaning. */
interface Offer {
  readonly name: string;
  readonly summary: string;
}

/** The completions of a line: words, or files (`p12`: only those that a .p12 may be). */
export interface Completion {
  readonly files: 'file' | 'p12' | null;
  readonly offers: readonly Offer[];
}

/** The names of this machine's profiles or client app keys. */
type NamesOf = (kind: 'profile' | 'client-app-key') => Promise<readonly string[]>;

/**
 * Completes the last of the words after the program's name. bash passes the `=` of an
 * option as a word of its own.
 */
export async function complete(
  root: CommandNode,
  words: readonly string[],
  namesOf: NamesOf,
): Promise<Completion> {
  const { node, position, typed, kind, ended, isHelp } = stateAt(root, words);
  const offering = (offers: readonly Offer[], files: Completion['files'] = null): Completion => ({
    files,
    offers: offers.filter(({ name }) => name.startsWith(typed)),
  });
  const value = async (wanted: string): Promise<Completion> => {
    if (wanted === 'file' || wanted === 'directory') return offering([], 'file');
    if (wanted === 'p12') return offering([], 'p12');
    const isStored = wanted === 'profile' || wanted === 'client-app-key';
    const names = isStored ? await namesOf(wanted) : wanted.split(' ').slice(1);
    return offering(names.map((name) => ({ name, summary: '' })));
  };
  if (kind !== null) return value(kind);
  if (typed.startsWith('-') && !ended)
    return offering(
      [...node.options, ...(node === root ? [] : root.options)].flatMap(
        ({ spellings, description }) => spellings.map((name) => ({ name, summary: description })),
      ),
    );
  if (position > 0 || node.commands.length === 0)
    return value(node.arguments[position]?.kind ?? 'text');
  const below = node.commands.map(({ path, summary }) => ({
    name: path.replace(/^.* /, ''),
    summary,
  }));
  const help = isHelp
    ? topics.map(({ word, summary }) => ({ name: word, summary }))
    : [{ name: 'help', summary: 'show help for a command or topic' }];
  return offering(node === root ? [...below, ...help] : below);
}

/**
 * The command that the words lead to, the number of its arguments before the last word,
 * and the kind of an option's value there.
 */
function stateAt(root: CommandNode, words: readonly string[]) {
  const isHelp = words[0] === 'help';
  const given = isHelp ? words.slice(1) : words;
  let node: CommandNode = root;
  let position = 0;
  let kind: string | null = null;
  let ended = false;
  const kindOf = (name: string): string | null => {
    const option = [...node.options, ...root.options].find(({ spellings }) =>
      spellings.includes(name),
    );
    return option === undefined || option.kind === 'none' ? null : option.kind;
  };
  for (const word of given.slice(0, -1).filter((word) => word !== '=')) {
    const below = node.commands.find(({ path }) => path === `${node.path} ${word}`.trim());
    if (kind !== null) kind = null;
    else if (word === '--') ended = true;
    else if (word.startsWith('-') && !ended) kind = kindOf(word);
    else if (below !== undefined && position === 0) node = below;
    else position++;
  }
  const last = given.at(-1) ?? '';
  const [, option, value] = /^(--[^=]+)=(.*)$/s.exec(last) ?? [];
  if (option !== undefined && kind === null && !ended)
    return { node, position, typed: value ?? '', kind: kindOf(option) ?? 'text', ended, isHelp };
  return { node, position, typed: last === '=' ? '' : last, kind, ended, isHelp };
}

/**
 * The completions as a script reads them: `:file`, `:p12`, or a line for each word with
 * its meaning behind a tab.
 */
export function formatCompletion({ files, offers }: Completion): string {
  if (files !== null) return `:${files}\n`;
  return offers.map(({ name, summary }) => `${name}\t${summary}\n`).join('');
}

const powerShell = String.raw`# Completes mfa-cli in PowerShell: mfa-cli completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName mfa-cli -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = $commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | Select-Object -Skip 1
  $words = @($before | ForEach-Object { $_.ToString() }) + $wordToComplete
  $prefix = if ($wordToComplete -match '^--[^=]+=') { $Matches[0] } else { '' }
  foreach ($line in ($words | mfa-cli completion --words 2>$null)) {
    $name, $text = $line -split "\t", 2
    if ($name -in ':file', ':p12') {
      [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete.Substring($prefix.Length)) |
        Where-Object { $name -eq ':file' -or $_.ResultType -eq 'ProviderContainer' -or $_.ListItemText -match '\.(p12|pfx)$' } |
        ForEach-Object { [System.Management.Automation.CompletionResult]::new("$prefix$($_.CompletionText)", $_.ListItemText, $_.ResultType, $_.ToolTip) }
      continue
    }
    if (-not $text) { $text = $name }
    $quoted = if ($name -match '^[\w./@:+-]+$') { $name } else { "'" + ($name -replace "['\u2018-\u201b]", '$0$0') + "'" }
    [System.Management.Automation.CompletionResult]::new("$prefix$quoted", $name, 'ParameterValue', $text)
  }
}
`;

/**
 * The script for each shell. It asks `mfa-cli completion --words` and completes files
 * itself.
 */
export const scripts = {
  /** From 3.2 on. */
  bash: `# Completes mfa-cli in bash: eval "$(mfa-cli completion bash)"
_mfa_cli_files() {
  local file
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do COMPREPLY+=("$file"); done
}

_mfa_cli() {
  local current=\${COMP_WORDS[COMP_CWORD]} name
  if [[ $current == = ]]; then current=''; fi
  COMPREPLY=()
  while IFS=$'\\t' read -r name _; do
    case $name in
      :file) _mfa_cli_files < <(compgen -f -- "$current") ;;
      :p12)
        _mfa_cli_files < <(
          compgen -d -- "$current"
          compgen -f -X '!*.[pP]12' -- "$current"
          compgen -f -X '!*.[pP][fF][xX]' -- "$current"
        )
        ;;
      *) COMPREPLY+=("$(printf '%q' "$name")") ;;
    esac
  done < <(printf '%s\\n' "\${COMP_WORDS[@]:1:COMP_CWORD}" | "\${COMP_WORDS[0]}" completion --words 2>/dev/null)
}

complete -F _mfa_cli mfa-cli
`,
  /** Sourced, or as the file `_mfa-cli` in `$fpath`. */
  zsh: `#compdef mfa-cli
# Completes mfa-cli in zsh: eval "$(mfa-cli completion zsh)", after compinit; or put it as _mfa-cli into $fpath.
_mfa-cli() {
  local line
  local -a lines names texts
  lines=("\${(@f)$(print -rl -- "\${(@Q)words[2,CURRENT]}" | "\${(Q)words[1]}" completion --words 2>/dev/null)}")
  if [[ $words[CURRENT] == --*=* ]]; then compset -P '*='; fi
  case $lines[1] in
    :file) _files ;;
    :p12)
      _path_files -g '(#i)*.(p12|pfx)'
      _path_files -/
      ;;
    *)
      for line in "\${(@)lines:#}"; do
        names+=("\${line%%$'\\t'*}")
        texts+=("\${line/$'\\t'/  }")
      done
      compadd -l -d texts -a names
      ;;
  esac
}

if [[ $funcstack[1] == _mfa-cli ]]; then _mfa-cli "$@"; else compdef _mfa-cli mfa-cli; fi
`,
  /** From 3.1 on. */
  fish: String.raw`# Completes mfa-cli in fish: mfa-cli completion fish | source
function __mfa_cli_offers
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l prefix (string match -r -- '^--[^=]*=' "$current")
    set -l typed (string replace -r -- '^--[^=]*=' '' "$current")
    for line in (printf '%s\n' $words[2..-1] "$current" | mfa-cli completion --words 2>/dev/null)
        switch $line
            case ':file'
                complete -C "'' $typed"
            case ':p12'
                complete -C "'' $typed" | string match -ri -- '^[^\t]*(?:/|\.p12|\.pfx)(?=\t|$)'
            case '*'
                echo -- "$prefix$line"
        end
    end
end

complete -c mfa-cli -e
complete -c mfa-cli -f -a '(__mfa_cli_offers)'
`,
  /** From 5.1 on; where it offers nothing, PowerShell offers files. */
  pwsh: powerShell,
  powershell: powerShell,
} as const;
