// The formula for a tap of Homebrew.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveName } from './archives.mjs';
import { sha256Of } from './checksums.mjs';
import { downloadOf, project, release } from './project.mjs';
import { servedBy } from './targets.mjs';

/** @typedef {{ system: string, processor: string, url: string, sha256: string }} Source */

export async function makeHomebrew() {
  const sources = servedBy('brew').map(async ([target, [system, processor]]) => {
    const name = archiveName(target);
    return { system, processor, url: downloadOf(name), sha256: await sha256Of(name) };
  });
  const file = join(release, `${project.name}.rb`);
  await writeFile(file, formula(await Promise.all(sources)));
  return [file];
}

/**
 * @see https://docs.brew.sh/Formula-Cookbook
 * @param {readonly Source[]} sources
 */
function formula(sources) {
  const { name, version, description, license, address } = project;
  /**
   * @param {string} system
   * @param {...string} lines
   */
  const on = (system, ...lines) => `  on_${system} do
${lines.map((line) => `    ${line}\n`).join('')}${sources
  .filter((source) => source.system === system)
  .map(sourceOf)
  .join('')}  end
`;
  return `class MfaCli < Formula
  desc "${description}"
  homepage "${address}"
  version "${version}"
  license "${license}"

${on('macos', 'depends_on macos: :ventura')}
${on('linux')}
  def install
    bin.install "${name}"
    man1.install "man/${name}.1"
    bash_completion.install "completions/${name}.bash" => "${name}"
    zsh_completion.install "completions/_${name}"
    fish_completion.install "completions/${name}.fish"
    pkgshare.install "schema"
    doc.install "THIRD-PARTY-LICENSES.txt"
  end

  test do
    assert_equal "#{version}\\n", shell_output("#{bin}/${name} --version")
  end
end
`;
}

/** @param {Source} source */
function sourceOf({ processor, url, sha256 }) {
  return `    on_${processor} do
      url "${url}"
      sha256 "${sha256}"
    end
`;
}
