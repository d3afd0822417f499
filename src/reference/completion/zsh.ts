import { type CommandNode, flatten } from '../command-tree.ts';
import { argumentCases, nameOf, optionCases, shellCase } from './cases.ts';

/** The completion of zsh, sourced or as the file `_mfa-cli` in `$fpath`. */
export function zshCompletion(root: CommandNode): string {
  const offered = flatten(root).map((node) => {
    const subcommands = node.commands.map((child) => described(nameOf(child), child.summary));
    return [`'${node.path}'`, `subcommands=(${subcommands.join(' ')}) options=(${optionsOf(node)})`] as const;
  });
  return `#compdef mfa-cli
# Completes mfa-cli in zsh: eval "$(mfa-cli completion zsh)", after compinit; or put it as _mfa-cli into $fpath.

# The kind of the value that an option of a command takes: none, text, file, p12, profile, client-app-key, or choice and
# the choices.
_mfa-cli-option() {
${shellCase('"$1 $2"', optionCases(root, 'kind'), 'kind=none')}
}

# The kind of an argument of a command, counted from 0.
_mfa-cli-argument() {
${shellCase('"$1 $2"', argumentCases(root, 'kind'), 'kind=text')}
}

# The words below a command, and its options.
_mfa-cli-command() {
${shellCase('"$1"', offered, 'subcommands=() options=()')}
}

_mfa-cli-value() {
  local -a names
  case $1 in
    file) _files ;;
    p12)
      _path_files -g '(#i)*.(p12|pfx)'
      _path_files -/
      ;;
    profile|client-app-key)
      names=("\${(@f)$("\${(Q)words[1]}" completion "--$1s" 2>/dev/null)}")
      compadd -- "\${(@)names:#}"
      ;;
    choice*) compadd -- \${=1#choice} ;;
    *) _message 'a value' ;;
  esac
}

_mfa-cli() {
  local at='' kind=none ended='' word
  local -i count=0
  local -a subcommands options globals
  globals=(${optionsOf(root)})
  _mfa-cli-command ''
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ $kind != none ]]; then kind=none; continue; fi
    if [[ -z $ended && $word == -- ]]; then ended=1; continue; fi
    if [[ -z $ended && $word == -*=* ]]; then continue; fi
    if [[ -z $ended && $word == -* ]]; then _mfa-cli-option "$at" "$word"; continue; fi
    if (( count == 0 && \${#subcommands[(r)$word:*]} )); then
      at="\${at:+$at }$word"
      _mfa-cli-command "$at"
    else
      (( count++ ))
    fi
  done
  if [[ $kind != none ]]; then
    _mfa-cli-value "$kind"
  elif [[ -z $ended && $words[CURRENT] == --*=* ]]; then
    _mfa-cli-option "$at" "\${words[CURRENT]%%=*}"
    compset -P '*='
    _mfa-cli-value "$kind"
  elif [[ -z $ended && $words[CURRENT] == -* ]]; then
    _describe -o option options -- globals
  elif (( $#subcommands && count == 0 )); then
    _describe command subcommands
  else
    _mfa-cli-argument "$at" "$count"
    _mfa-cli-value "$kind"
  fi
}

if [[ $funcstack[1] == _mfa-cli ]]; then _mfa-cli "$@"; else compdef _mfa-cli mfa-cli; fi
`;
}

function optionsOf({ options }: CommandNode): string {
  return options
    .flatMap(({ spellings, description }) => spellings.map((spelling) => described(spelling, description)))
    .join(' ');
}

/** `'word:what it is'`, as `_describe` takes it. */
function described(word: string, text: string): string {
  return `'${word}:${text.replaceAll('\\', '\\\\').replaceAll(':', '\\:').replaceAll("'", "'\\''")}'`;
}
