// The three manifests for winget's repository of packages.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { archiveFolder, archiveName } from './archives.mjs';
import { sha256Of } from './checksums.mjs';
import { downloadOf, project, release } from './project.mjs';
import { servedBy } from './targets.mjs';

const { name, version, description, license, address, owner, issues } = project;
/** Of the schema. @see https://github.com/microsoft/winget-cli/tree/master/schemas/JSON/manifests */
const schema = '1.10.0';
const locale = 'en-US';
const identity = { PackageIdentifier: `${owner}.${name}`, PackageVersion: version };

export async function makeWinget() {
  const manifests = {
    [`${identity.PackageIdentifier}.yaml`]: manifest('version', { DefaultLocale: locale }),
    [`${identity.PackageIdentifier}.installer.yaml`]: manifest('installer', await installers()),
    [`${identity.PackageIdentifier}.locale.${locale}.yaml`]: manifest('defaultLocale', {
      PackageLocale: locale,
      Publisher: owner,
      PublisherSupportUrl: issues,
      PackageName: name,
      PackageUrl: address,
      License: license,
      LicenseUrl: `${address}/blob/v${version}/LICENSE`,
      ShortDescription: description,
      Moniker: name,
      Tags: ['apns', 'cli', 'cyberark', 'mfa', 'pkcs12', 'push-certificate'],
      ReleaseNotesUrl: `${address}/releases/tag/v${version}`,
    }),
  };
  const files = Object.entries(manifests).map(async ([file, text]) => {
    await writeFile(join(release, file), text);
    return join(release, file);
  });
  return Promise.all(files);
}

/** A zip file with a program that needs no installer. */
async function installers() {
  const sources = servedBy('winget').map(async ([target, Architecture]) => {
    const archive = archiveName(target);
    const hash = await sha256Of(archive);
    return {
      Architecture,
      NestedInstallerFiles: [
        { RelativeFilePath: `${archiveFolder(target)}\\${name}.exe`, PortableCommandAlias: name },
      ],
      InstallerUrl: downloadOf(archive),
      InstallerSha256: hash.toUpperCase(),
    };
  });
  return {
    InstallerType: 'zip',
    NestedInstallerType: 'portable',
    Commands: [name],
    // For the library of the keychain; the program itself needs nothing.
    Dependencies: { PackageDependencies: [{ PackageIdentifier: 'Microsoft.VCRedist.2015+.x64' }] },
    ReleaseDate: new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000).toISOString().slice(0, 10),
    Installers: await Promise.all(sources),
  };
}

/**
 * @param {string} kind
 * @param {Readonly<Record<string, unknown>>} members
 */
function manifest(kind, members) {
  const text = stringify(
    { ...identity, ...members, ManifestType: kind, ManifestVersion: schema },
    { lineWidth: 0 },
  );
  return `# yaml-language-server: $schema=https://aka.ms/winget-manifest.${kind}.${schema}.schema.json\n\n${text}`;
}
