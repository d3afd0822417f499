import { inPowerShell } from '../../text/shell.ts';
import { type Place, valuedOptions } from '../command-tree.ts';

/** The completion of fish, from 3.1 on. */
export function fishCompletion(places: readonly Place[]): string {
  const valued = valuedOptions(places).map(({ path, spelling }) =>
    path === '' ? `'* ${spelling}'` : `'${path} ${spelling}'`,
  );
  return `# Completes mfa-cli in fish: mfa-cli completion fish | source

# Succeeds where the words so far lead to that command, with this many arguments after it if a number is given.
function __mfa_cli_at
    set -l at
    set -l count 0
    set -l skip 0
    set -l ended 0
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
        else if test $ended = 1
            set count (math $count + 1)
        else if test "$word" = --
            set ended 1
        else if string match -q -- '-*' "$word"
            # Whether the next word is its value.
            switch "$at $word"
${fishCase(valued)}
                    set skip 1
            end
        else
            switch "$at:$word"
${fishCase(places.flatMap(({ path, words }) => words.map(({ name }) => `'${path}:${name}'`)))}
                    set at (string trim -- "$at $word")
                case '*'
                    set count (math $count + 1)
            end
        end
    end
    test "$at" = "$argv[1]"; and test (count $argv) = 1 -o "$count" = "$argv[2]"
end

# What this machine has stored under that name: profiles, client-app-keys.
function __mfa_cli_stored
    mfa-cli completion --$argv[1] 2>/dev/null
end

# Directories, and files that a .p12 may be.
function __mfa_cli_p12
    set -l word (string replace -r -- '^--[^=]*=' '' (commandline -ct))
    complete -C "'' $word" | string match -ri -- '^[^\\t]*(?:/|\\.p12|\\.pfx)(?=\\t|$)'
end

complete -c mfa-cli -e
complete -c mfa-cli -f
${places.flatMap(fishLines).join('\n')}
`;
}

function fishCase(patterns: readonly string[]): string {
  return `                case ${patterns.join(' ')}`;
}

function fishLines({ path, words, options, kinds }: Place): readonly string[] {
  const at = path === '' ? '' : ` -n '__mfa_cli_at "${path}"'`;
  return [
    ...words.map(
      ({ name, summary }) =>
        `complete -c mfa-cli -n '__mfa_cli_at "${path}" 0' -a ${name} -d ${fishQuoted(summary)}`,
    ),
    ...options.map(({ spellings, kind, description }) => {
      const names = spellings.map((word) => word.replace(/^--/, ' -l ').replace(/^-/, ' -s ')).join('');
      return `complete -c mfa-cli${at}${names}${fishValue(kind)} -d ${fishQuoted(description)}`;
    }),
    ...kinds.flatMap((kind, index) => {
      const value = fishValue(kind).replace(/^ -[rx]/, '');
      return value === '' ? [] : [`complete -c mfa-cli -n '__mfa_cli_at "${path}" ${index}'${value}`];
    }),
  ];
}

/** That a value follows, and what is offered for it. */
function fishValue(kind: string): string {
  if (kind === 'none') return '';
  if (kind === 'file') return ' -r -F';
  if (kind === 'profile' || kind === 'client-app-key') return ` -x -a '(__mfa_cli_stored ${kind}s)'`;
  if (kind === 'p12') return " -x -a '(__mfa_cli_p12)'";
  return kind.startsWith('choice ') ? ` -x -a ${fishQuoted(kind.slice('choice '.length))}` : ' -x';
}

/** In single quotes, in which fish knows `\\'` and `\\\\` only. */
function fishQuoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** The completion of PowerShell, from 5.1 on; where it offers nothing, PowerShell offers files. */
export function pwshCompletion(places: readonly Place[]): string {
  return `# Completes mfa-cli in PowerShell: mfa-cli completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName mfa-cli -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  # By command: the words below it and its options, each with [kind of value, what it is], and the kinds of its arguments.
  $commands = @{
${places.map(pwshEntry).join('\n')}
  }
  $at = ''
  $kind = 'none'
  $count = 0
  $ended = $false
  $findOption = {
    param($name)
    if ($commands[$at].options.Contains($name)) { return $commands[$at].options[$name][0] }
    if ($commands[''].options.Contains($name)) { return $commands[''].options[$name][0] }
    return 'none'
  }
  $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | Select-Object -Skip 1)
  foreach ($element in $words) {
    $word = $element.ToString()
    if ($kind -ne 'none') { $kind = 'none'; continue }
    if (-not $ended -and $word -eq '--') { $ended = $true; continue }
    if (-not $ended -and $word.StartsWith('-')) { $kind = & $findOption $word; continue }
    if ($count -eq 0 -and $commands[$at].words.Contains($word)) { $at = "$at $word".Trim() } else { $count++ }
  }
  $prefix = ''
  if ($kind -eq 'none' -and -not $ended -and $wordToComplete -match '^(--[^=]+)=(.*)$') {
    $prefix = "$($Matches[1])="
    $kind = & $findOption $Matches[1]
    $wordToComplete = $Matches[2]
  } elseif ($kind -eq 'none' -and ($ended -or -not $wordToComplete.StartsWith('-')) -and $count -lt $commands[$at].arguments.Count) {
    $kind = $commands[$at].arguments[$count]
  }
  if ($kind -eq 'p12') {
    [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete) |
      Where-Object { $_.ResultType -eq 'ProviderContainer' -or $_.ListItemText -match '\\.(p12|pfx)$' } |
      ForEach-Object { [System.Management.Automation.CompletionResult]::new("$prefix$($_.CompletionText)", $_.ListItemText, $_.ResultType, $_.ToolTip) }
    return
  }
  $found = [ordered]@{}
  if ($kind -in 'profile', 'client-app-key') {
    mfa-cli completion "--$($kind)s" 2>$null | ForEach-Object { $found[$_] = $kind }
  } elseif ($kind.StartsWith('choice')) {
    $kind.Split(' ') | Select-Object -Skip 1 | ForEach-Object { $found[$_] = $_ }
  } elseif ($kind -eq 'none' -and -not $ended -and $wordToComplete.StartsWith('-')) {
    foreach ($options in $commands[$at].options, $commands[''].options) {
      foreach ($name in $options.Keys) { $found[$name] = $options[$name][1] }
    }
  } elseif ($kind -eq 'none' -and $count -eq 0) {
    foreach ($name in $commands[$at].words.Keys) { $found[$name] = $commands[$at].words[$name] }
  }
  foreach ($name in $found.Keys) {
    if (-not $name.StartsWith($wordToComplete)) { continue }
    $text = if ($name -match '^[\\w./@:+-]+$') { $name } else { "'" + ($name -replace "['\\u2018-\\u201b]", '$0$0') + "'" }
    [System.Management.Automation.CompletionResult]::new("$prefix$text", $name, 'ParameterValue', $found[$name])
  }
}
`;
}

function pwshEntry({ path, words, options, kinds }: Place): string {
  const named = words.map(({ name, summary }) => `${inPowerShell(name)} = ${inPowerShell(summary)}`);
  const spelled = options.flatMap(({ spellings, kind, description }) =>
    spellings.map((word) => `${inPowerShell(word)} = @(${inPowerShell(kind)}, ${inPowerShell(description)})`),
  );
  return `    ${inPowerShell(path)} = @{
      words = [ordered]@{ ${named.join('; ')} }
      options = [ordered]@{ ${spelled.join('; ')} }
      arguments = @(${kinds.map(inPowerShell).join(', ')})
    }`;
}
