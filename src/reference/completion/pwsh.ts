import { type CommandNode, flatten } from '../command-tree.ts';
import { kindOf, nameOf } from './cases.ts';

/** The completion of PowerShell, from 5.1 on; where it offers nothing, PowerShell offers files. */
export function pwshCompletion(root: CommandNode): string {
  return `# Completes mfa-cli in PowerShell: mfa-cli completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName mfa-cli -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  # By command: the words below it and its options, each with [kind of value, what it is], and the kinds of its arguments.
  $commands = @{
${flatten(root).map(entryOf).join('\n')}
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
    $text = if ($name -match '^[\\w./@:+-]+$') { $name } else { "'" + $name.Replace("'", "''") + "'" }
    [System.Management.Automation.CompletionResult]::new("$prefix$text", $name, 'ParameterValue', $found[$name])
  }
}
`;
}

function entryOf(node: CommandNode): string {
  const words = node.commands.map((child) => `${quoted(nameOf(child))} = ${quoted(child.summary)}`);
  const options = node.options.flatMap(({ spellings, value, description }) =>
    spellings.map((spelling) => `${quoted(spelling)} = @(${quoted(kindOf(value))}, ${quoted(description)})`),
  );
  const kinds = node.arguments.map(({ value }) => quoted(kindOf(value)));
  return `    ${quoted(node.path)} = @{
      words = [ordered]@{ ${words.join('; ')} }
      options = [ordered]@{ ${options.join('; ')} }
      arguments = @(${kinds.join(', ')})
    }`;
}

/** In single quotes, where a quote is doubled. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
