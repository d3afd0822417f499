/** The form of a member: `[whether it must be there, the form of its value]`. */
type Form = readonly [required: boolean, holds: (value: unknown) => boolean];
export type Forms = Readonly<Record<string, Form>>;

const text =
  (least: number, most: number, pattern = /^/) =>
  (value: unknown) =>
    typeof value === 'string' &&
    value.length >= least &&
    value.length <= most &&
    pattern.test(value);
const oneOf =
  (...words: readonly unknown[]) =>
  (value: unknown) =>
    words.includes(value);
const list = (most: number, holds: (value: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) &&
  value.length <= most &&
  new Set(value).size === value.length &&
  value.every(holds);
const members = (forms: Forms) => (value: unknown) => wrongIn(forms, value).length === 0;
const needed = (holds: Form[1]): Form => [true, holds];
const free = (holds: Form[1]): Form => [false, holds];

/** The paths of a manifest that are not as the forms have it: missing, unknown, or of another form. */
export function wrongIn(forms: Forms, manifest: unknown): string[] {
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest))
    return ['no object'];
  const known = Object.entries(manifest);
  const missing = Object.keys(forms).filter((name) => forms[name]?.[0] && !(name in manifest));
  const wrong = known.filter(([name, value]) => !forms[name]?.[1](value)).map(([name]) => name);
  return [...missing, ...wrong];
}

const url = text(1, 2048, /^https?:\/\/./i);
const identifier = text(3, 128, /^[^.\s\\/:*?"<>|]{1,32}(\.[^.\s\\/:*?"<>|]{1,32}){1,7}$/);
const packageVersion = text(1, 128, /^[^\\/:*?"<>|]+$/);
const locale = text(2, 20, /^[a-z]{2,3}(-[a-z]{1,8})*$/i);
const manifestVersion = text(5, 17, /^\d{1,5}\.\d{1,5}\.\d{1,5}$/);
const tag = text(1, 40);

const common = (kind: string): Forms => ({
  PackageIdentifier: needed(identifier),
  PackageVersion: needed(packageVersion),
  ManifestType: needed(oneOf(kind)),
  ManifestVersion: needed(manifestVersion),
});

/**
 * Of winget's manifests, by their type: what its published schemas demand of the members that ours have.
 * @see https://github.com/microsoft/winget-cli/tree/master/schemas/JSON/manifests/v1.10.0
 */
export const wingetForms: Readonly<Record<string, Forms>> = {
  version: { ...common('version'), DefaultLocale: needed(locale) },
  defaultLocale: {
    ...common('defaultLocale'),
    PackageLocale: needed(locale),
    Publisher: needed(text(2, 256)),
    PublisherSupportUrl: free(url),
    PackageName: needed(text(2, 256)),
    PackageUrl: free(url),
    License: needed(text(3, 512)),
    LicenseUrl: free(url),
    ShortDescription: needed(text(3, 256)),
    Moniker: free(tag),
    Tags: free(list(16, tag)),
    ReleaseNotesUrl: free(url),
  },
  installer: {
    ...common('installer'),
    InstallerType: free(oneOf('zip')),
    NestedInstallerType: free(oneOf('portable')),
    Commands: free(list(16, tag)),
    ReleaseDate: free(text(10, 10, /^\d{4}-\d\d-\d\d$/)),
    Dependencies: free(
      members({
        PackageDependencies: free(list(16, members({ PackageIdentifier: needed(identifier) }))),
      }),
    ),
    Installers: needed(
      list(
        1024,
        members({
          Architecture: needed(oneOf('x86', 'x64', 'arm', 'arm64', 'neutral')),
          InstallerUrl: needed(url),
          InstallerSha256: needed(text(64, 64, /^[\dA-F]{64}$/i)),
          NestedInstallerFiles: free(
            list(
              1024,
              members({ RelativeFilePath: needed(text(1, 512)), PortableCommandAlias: free(tag) }),
            ),
          ),
        }),
      ),
    ),
  },
};

const archiveForms: Forms = {
  url: needed(text(1, 2048, /^https:\/\/[^$\s]+$/)),
  hash: needed(text(64, 64, /^[\da-f]{64}$/)),
  extract_dir: free(text(1, 255)),
};

/**
 * Of Scoop's manifest: what its published schema demands of the members that ours has; it knows no others.
 * @see https://github.com/ScoopInstaller/Scoop/blob/master/schema.json
 */
export const scoopForms: Forms = {
  version: needed(text(1, 64, /^[\w.+-]+$/)),
  description: free(text(1, 300)),
  homepage: needed(url),
  // An SPDX identifier.
  license: needed(text(1, 64, /^[\w.+-]+$/)),
  architecture: free(members({ '64bit': free(members(archiveForms)) })),
  bin: free(text(1, 255)),
  suggest: free(members({ 'Visual C++ runtime': free(text(1, 100)) })),
  checkver: free(members({ github: needed(url) })),
  autoupdate: free(
    members({
      architecture: free(
        members({
          '64bit': free(
            members({
              url: free(text(1, 2048, /\$version/)),
              extract_dir: free(text(1, 255, /\$version/)),
            }),
          ),
        }),
      ),
      hash: free(members({ url: free(text(1, 255, /\$(base)?url/)) })),
    }),
  ),
};
