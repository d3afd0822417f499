// A package for Fedora, RHEL, openSUSE and their kin.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../program.mjs';
import { rpmChangelog } from './changelog.mjs';
import { project, release, sortableVersion } from './project.mjs';
import { run } from './run.mjs';
import { servedBy } from './targets.mjs';
import { withTree } from './tree.mjs';

const { name, description, address, license, owner } = project;
const version = sortableVersion(project.version);

export async function makeRpm() {
  const files = [];
  for (const [target, architecture] of servedBy('rpm'))
    files.push(await makePackage(target, architecture));
  return files;
}

/**
 * @param {string} target
 * @param {string} architecture
 */
async function makePackage(target, architecture) {
  const made = `${name}-${version}-1.${architecture}.rpm`;
  await withTree(target, { zsh: 'usr/share/zsh/site-functions', texts: {} }, async (folder) => {
    const licenses = join(folder, 'tree/usr/share/licenses', name);
    await mkdir(licenses, { recursive: true });
    await copyFile(`${root}LICENSE`, join(licenses, 'LICENSE'));
    const spec = join(folder, `${name}.spec`);
    await writeFile(spec, specOf(join(folder, 'tree')));
    const definitions = {
      ...reproducible,
      _topdir: folder,
      _rpmdir: folder,
      _build_name_fmt: made,
    };
    const words = Object.entries(definitions).flatMap(([key, value]) => [
      '--define',
      `${key} ${value}`,
    ]);
    await run('rpmbuild', ['-bb', `--target=${architecture}-linux`, ...words, spec], {
      from: 'rpm',
    });
    await copyFile(join(folder, made), join(release, made));
  });
  return join(release, made);
}

/** The same file on any machine at any time, of the executable as it is: one that is stripped has lost the program. */
const reproducible = {
  _buildhost: 'localhost',
  use_source_date_epoch_as_buildtime: 1,
  clamp_mtime_to_source_date_epoch: 1,
  _binary_payload: 'w12.zstdio',
  _build_id_links: 'none',
  __os_install_post: '%{nil}',
  debug_package: '%{nil}',
};

/** Folders of shells that need not be installed: without them they would stay when the package goes. */
const shared = [
  ...['bash-completion', 'bash-completion/completions', 'zsh', 'zsh/site-functions'],
  ...['fish', 'fish/vendor_completions.d'],
];

/**
 * rpmbuild finds the dependencies of the executable on glibc; the keychain's library needs libgcc.
 * @see https://rpm-software-management.github.io/rpm/manual/spec.html
 * @param {string} tree
 */
function specOf(tree) {
  return `Name: ${name}
Version: ${version}
Release: 1
Summary: ${description}
License: ${license}
Group: Applications/System
URL: ${address}
Packager: ${owner} <${owner}@users.noreply.github.com>
Recommends: ca-certificates
Recommends: libgcc

%description
Says what is wrong with a .p12 before it is sent: whether it is a push
certificate, whether the private key belongs to it, for which app it is,
and how long it lasts. For administrators and for pipelines.

%install
cp -a '${tree}/.' '%{buildroot}'
chmod -R u=rwX,go=rX '%{buildroot}'

%files
%defattr(-,root,root,-)
/usr/bin/${name}
${shared.map((folder) => `%dir /usr/share/${folder}\n`).join('')}/usr/share/${name}
/usr/share/bash-completion/completions/${name}
/usr/share/zsh/site-functions/_${name}
/usr/share/fish/vendor_completions.d/${name}.fish
%doc /usr/share/man/man1/${name}.1.gz
%doc /usr/share/doc/${name}
%license /usr/share/licenses/${name}

%changelog
${rpmChangelog()}`;
}
