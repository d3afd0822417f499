/**
 * A text as one word for a POSIX shell, unchanged or in single quotes; on Windows for
 * PowerShell, and for cmd.exe if both read the quotes the same way.
 */
export function shellWord(text: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== 'win32')
    return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  if (/^[\w+:./\\-]+$/.test(text)) return text;
  // Backslashes before the closing quote would escape it.
  if (!/["\u201c-\u201e$`%!]/.test(text)) return `"${text.replace(/(?<!\\)\\+$/, '$&$&')}"`;
  return inPowerShell(text);
}

/** A command as one line for a shell. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => shellWord(word)).join(' ');
}

/**
 * In single quotes for PowerShell, which ends them at typographic quotes as well
 * (about_Quoting_Rules).
 */
export function inPowerShell(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
}

/** A shell line that sets a variable; on Windows for PowerShell. */
export function settingLine(
  name: string,
  value: string,
  platform: NodeJS.Platform = process.platform,
): string {
  if (platform !== 'win32') return `export ${name}=${shellWord(value, platform)}`;
  return `$env:${name} = ${inPowerShell(value)}`;
}

/** The words of a command that removes a file; on Windows for PowerShell. */
export function removalOf(
  path: string,
  platform: NodeJS.Platform = process.platform,
): readonly string[] {
  return [platform === 'win32' ? 'del' : 'rm', path];
}
