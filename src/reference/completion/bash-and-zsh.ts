import { type Place, valuedOptions } from '../command-tree.ts';

/** The completion of bash, from 3.2 on. */
export function bashCompletion(places: readonly Place[]): string {
  const optionsOf = ({ options }: Place): string => options.flatMap(({ spellings }) => spellings).join(' ');
  const offered = (place: Place): string =>
    `subcommands='${place.words.map(({ name }) => name).join(' ')}' options='${optionsOf(place)}'`;
  const global = places.slice(0, 1).map(optionsOf).join('');
  return `# Completes mfa-cli in bash: eval "$(mfa-cli completion bash)"

${tables(places, '_mfa_cli_', offered, "subcommands='' options=''")}

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

/** The completion of zsh, sourced or as the file `_mfa-cli` in `$fpath`. */
export function zshCompletion(places: readonly Place[]): string {
  const optionsOf = ({ options }: Place): string =>
    options
      .flatMap(({ spellings, description }) => spellings.map((spelling) => described(spelling, description)))
      .join(' ');
  const offered = (place: Place): string => {
    const words = place.words.map(({ name, summary }) => described(name, summary));
    return `subcommands=(${words.join(' ')}) options=(${optionsOf(place)})`;
  };
  const globals = places.slice(0, 1).map(optionsOf).join('');
  return `#compdef mfa-cli
# Completes mfa-cli in zsh: eval "$(mfa-cli completion zsh)", after compinit; or put it as _mfa-cli into $fpath.

${tables(places, '_mfa-cli-', offered, 'subcommands=() options=()')}

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
  globals=(${globals})
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

/** `'word:what it is'`, as `_describe` takes it. */
function described(word: string, text: string): string {
  return `'${word}:${text.replaceAll('\\', '\\\\').replaceAll(':', '\\:').replaceAll("'", "'\\''")}'`;
}

/** The functions that tell the script what can be typed where. @param offered sets the words and options of a place */
function tables(
  places: readonly Place[],
  prefix: string,
  offered: (place: Place) => string,
  nothing: string,
): string {
  return `# The kind of the value that an option of a command takes: none, text, file, p12, profile, client-app-key, or choice and
# the choices.
${prefix}option() {
${shellCase('"$1 $2"', optionKinds(places), 'kind=none')}
}

# The kind of an argument of a command, counted from 0.
${prefix}argument() {
${shellCase('"$1 $2"', argumentKinds(places), 'kind=text')}
}

# The words below a command, and its options.
${prefix}command() {
${shellCase(
  '"$1"',
  places.map((place): Case => [`'${place.path}'`, offered(place)]),
  nothing,
)}
}`;
}

/** A pattern and what is done where it fits, for the `case` of a shell. */
type Case = readonly [pattern: string, action: string];

function shellCase(subject: string, cases: readonly Case[], otherwise: string): string {
  return [
    `  case ${subject} in`,
    ...cases.map(([pattern, action]) => `    ${pattern}) ${action} ;;`),
    `    *) ${otherwise} ;;`,
    '  esac',
  ].join('\n');
}

/** For `PATH OPTION`: the kind of value that the option takes there. */
function optionKinds(places: readonly Place[]): readonly Case[] {
  return valuedOptions(places).map(({ path, spelling, kind }) => [
    path === '' ? `*' ${spelling}'` : `'${path} ${spelling}'`,
    `kind='${kind}'`,
  ]);
}

/** For `PATH INDEX`: the kind of value that the argument is. */
function argumentKinds(places: readonly Place[]): readonly Case[] {
  return places.flatMap(({ path, kinds }) =>
    kinds.map((kind, index): Case => [`'${path} ${index}'`, `kind='${kind}'`]),
  );
}
