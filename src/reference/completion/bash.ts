import { type CommandNode, flatten } from '../command-tree.ts';
import { argumentCases, nameOf, optionCases, shellCase } from './cases.ts';

/** The completion of bash, from 3.2 on. */
export function bashCompletion(root: CommandNode): string {
  const offered = flatten(root).map(
    (node) =>
      [
        `'${node.path}'`,
        `subcommands='${node.commands.map(nameOf).join(' ')}' options='${node.options.flatMap(({ spellings }) => spellings).join(' ')}'`,
      ] as const,
  );
  const global = root.options.flatMap(({ spellings }) => spellings).join(' ');
  return `# Completes mfa-cli in bash: eval "$(mfa-cli completion bash)"

# The kind of the value that an option of a command takes: none, text, file, p12, profile, client-app-key, or choice and
# the choices.
_mfa_cli_option() {
${shellCase('"$1 $2"', optionCases(root, 'kind'), 'kind=none')}
}

# The kind of an argument of a command, counted from 0.
_mfa_cli_argument() {
${shellCase('"$1 $2"', argumentCases(root, 'kind'), 'kind=text')}
}

# The words below a command, and its options.
_mfa_cli_command() {
${shellCase('"$1"', offered, "subcommands='' options=''")}
}

# Keeps what begins as the word does that is being typed. Names are never evaluated.
_mfa_cli_offer() {
  local word
  while IFS= read -r word; do
    [[ -n $word && $word == "$current"* ]] && COMPREPLY+=("$(printf '%q' "$word")")
  done
}

_mfa_cli_files() {
  local file
  compopt -o filenames 2>/dev/null
  while IFS= read -r file; do COMPREPLY+=("$file"); done
}

_mfa_cli_value() {
  case $1 in
    file) _mfa_cli_files < <(compgen -f -- "$current") ;;
    p12)
      _mfa_cli_files < <(
        compgen -d -- "$current"
        compgen -f -X '!*.[pP]12' -- "$current"
        compgen -f -X '!*.[pP][fF][xX]' -- "$current"
      )
      ;;
    profile|client-app-key) _mfa_cli_offer < <("\${COMP_WORDS[0]}" completion "--$1s" 2>/dev/null) ;;
    choice*) _mfa_cli_offer < <(printf '%s\\n' \${1#choice}) ;;
  esac
}

_mfa_cli() {
  local IFS=$' \\t\\n'
  local current=\${COMP_WORDS[COMP_CWORD]} at='' kind=none count=0 ended='' index word subcommands options
  COMPREPLY=()
  _mfa_cli_command ''
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ $word == = ]]; then continue; fi
    if [[ $kind != none ]]; then kind=none; continue; fi
    if [[ -z $ended && $word == -- ]]; then ended=1; continue; fi
    if [[ -z $ended && $word == -* ]]; then _mfa_cli_option "$at" "$word"; continue; fi
    if [[ $count == 0 && " $subcommands " == *" $word "* ]]; then
      at="\${at:+$at }$word"
      _mfa_cli_command "$at"
    else
      count=$((count + 1))
    fi
  done
  if [[ $current == = ]]; then current=''; fi
  if [[ $kind != none ]]; then
    _mfa_cli_value "$kind"
  elif [[ -z $ended && $current == -* ]]; then
    _mfa_cli_offer < <(printf '%s\\n' $options ${global})
  elif [[ -n $subcommands && $count == 0 ]]; then
    _mfa_cli_offer < <(printf '%s\\n' $subcommands)
  else
    _mfa_cli_argument "$at" "$count"
    _mfa_cli_value "$kind"
  fi
}

complete -F _mfa_cli mfa-cli
`;
}
