import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { version } from '../../src/text/version.ts';
import { isMissing } from '../support/tools.ts';
import { type Forms, scoopForms, wingetForms, wrongIn } from './manifest-forms.ts';
import { address, released, run } from './released.ts';

const archive = released(/-windows-x64\.zip$/);
/** Whoever publishes it, and its name. */
const identifier = address.split('/').slice(-2).join('.');
const url = `${address}/releases/download/v${version}/${basename(archive)}`;
const hash = createHash('sha256').update(readFileSync(archive)).digest('hex');

test('the manifest for Scoop names the archive, its hash, and where the next one will be', () => {
  const manifest = JSON.parse(readFileSync(released(/^mfa-cli\.json$/), 'utf8'));
  const folder = `mfa-cli-${version}-windows-x64`;
  expect(manifest).toMatchObject({
    version,
    license: 'Apache-2.0',
    architecture: { '64bit': { url, hash, extract_dir: folder } },
    bin: 'mfa-cli.exe',
  });
  // Scoop puts the next version in place of $version.
  const { url: next, extract_dir } = manifest.autoupdate.architecture['64bit'];
  expect([next, extract_dir].map((text) => text.replaceAll('$version', version))).toEqual([
    url,
    folder,
  ]);
});

const scoop = () => JSON.parse(readFileSync(released(/^mfa-cli\.json$/), 'utf8'));
const winget = (suffix: string) =>
  parse(readFileSync(released(new RegExp(`^${identifier}${suffix}\\.yaml$`)), 'utf8'));

test.each<[string, () => Record<string, unknown>, Forms | undefined]>([
  ['Scoop', scoop, scoopForms],
  ['winget: version', () => winget(''), wingetForms.version],
  ['winget: installer', () => winget('\\.installer'), wingetForms.installer],
  ['winget: locale', () => winget('\\.locale\\.en-US'), wingetForms.defaultLocale],
])(
  'the manifest for %s has the members and forms that its schema demands',
  (_name, read, forms = {}) => {
    const manifest = read();
    expect(wrongIn(forms, manifest)).toEqual([]);
    // Each of them would be told, missing or wrong; and one that no schema knows.
    for (const name of Object.keys(manifest)) {
      const { [name]: _gone, ...rest } = manifest;
      expect(wrongIn(forms, rest)).toEqual(forms[name]?.[0] ? [name] : []);
      expect(wrongIn(forms, { ...manifest, [name]: '' })).toEqual([name]);
    }
    expect(wrongIn(forms, { ...manifest, Nobody: 'x' })).toEqual(['Nobody']);
  },
);

test('winget installs the runtime that the library of the keychain needs, and Scoop tells of it', () => {
  const { Dependencies } = winget('\\.installer');
  expect(Dependencies.PackageDependencies).toEqual([
    { PackageIdentifier: 'Microsoft.VCRedist.2015+.x64' },
  ]);
  expect(Object.values(scoop().suggest)).toEqual(['extras/vcredist2022']);
});

describe.skipIf(isMissing('unzip'))('the manifests for winget', () => {
  const read = (kind: string) => {
    const text = readFileSync(released(new RegExp(`^${identifier}${kind}\\.yaml$`)), 'utf8');
    return { text, manifest: parse(text) };
  };
  const kinds = {
    '': 'version',
    '\\.installer': 'installer',
    '\\.locale\\.en-US': 'defaultLocale',
  };

  test.each(Object.entries(kinds))('are one package (%s)', (suffix, ManifestType) => {
    const { text, manifest } = read(suffix);
    const ManifestVersion = '1.10.0';
    expect(manifest).toMatchObject({
      PackageIdentifier: identifier,
      PackageVersion: version,
      ManifestType,
      ManifestVersion,
    });
    expect(text.split('\n')[0]).toBe(
      `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${ManifestType}.${ManifestVersion}.schema.json`,
    );
  });

  test('name the archive, its hash, and the program in it', async () => {
    const { manifest } = read('\\.installer');
    const [installer, ...others] = manifest.Installers;
    expect(others).toEqual([]);
    expect(manifest).toMatchObject({ InstallerType: 'zip', NestedInstallerType: 'portable' });
    expect(installer).toMatchObject({
      Architecture: 'x64',
      InstallerUrl: url,
      InstallerSha256: hash.toUpperCase(),
    });
    const [{ RelativeFilePath, PortableCommandAlias }] = installer.NestedInstallerFiles;
    expect(PortableCommandAlias).toBe('mfa-cli');
    const paths = (await run('unzip', '-Z1', archive)).split('\n');
    expect(paths).toContain(RelativeFilePath.replaceAll('\\', '/'));
  });

  test('say in en-US what it is', () => {
    const { manifest } = read('\\.locale\\.en-US');
    expect(read('').manifest.DefaultLocale).toBe(manifest.PackageLocale);
    expect(manifest).toMatchObject({ PackageName: 'mfa-cli', License: 'Apache-2.0' });
    expect(manifest.ShortDescription.length).toBeLessThan(257);
  });
});
