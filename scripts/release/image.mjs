// An image for containers, made without a daemon: an OCI archive with one image a processor, for `skopeo copy`.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layOutProgram, layOutSystem, layOutWritable, user } from './image-root.mjs';
import { project, release } from './project.mjs';
import { run } from './run.mjs';
import { packTar } from './tar.mjs';
import { servedBy } from './targets.mjs';

const { name, version, description, license, address } = project;
const types = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};

/** @see https://github.com/opencontainers/image-spec/blob/main/image-layout.md */
export async function makeImage() {
  const file = join(release, `${name}-${version}-image.tar`);
  const scratch = await mkdtemp(join(tmpdir(), 'mfa-cli-image-'));
  const layout = join(scratch, 'layout');
  try {
    await mkdir(join(layout, 'blobs/sha256'), { recursive: true });
    const manifests = [];
    for (const [target, architecture] of servedBy('oci')) {
      const manifest = await makeManifest(target, architecture, layout, scratch);
      manifests.push({ ...manifest, platform: { architecture, os: 'linux' } });
    }
    const index = await addDocument(layout, 'index', {
      schemaVersion: 2,
      mediaType: types.index,
      manifests,
    });
    const named = { ...index, annotations: { 'org.opencontainers.image.ref.name': version } };
    const top = { schemaVersion: 2, mediaType: types.index, manifests: [named] };
    await writeFile(join(layout, 'index.json'), JSON.stringify(top));
    await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    await packTar(file, layout, await readdir(layout));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return [file];
}

/**
 * @typedef {{ mediaType: string, digest: string, size: number }} Descriptor
 * @typedef {{ diffId: string, descriptor: Descriptor, told: string }} Layer
 */

/**
 * The image for one processor.
 * @param {string} target
 * @param {string} architecture
 * @param {string} layout
 * @param {string} scratch
 */
async function makeManifest(target, architecture, layout, scratch) {
  /** @param {string} layer */
  const folder = (layer) => join(scratch, architecture, layer);
  await Promise.all(
    ['system', 'program', 'writable'].map((layer) => mkdir(folder(layer), { recursive: true })),
  );
  const packages = await layOutSystem(folder('system'), architecture, folder('packages'));
  await layOutProgram(folder('program'), target);
  await layOutWritable(folder('writable'));
  const layers = [
    {
      ...(await addLayer(layout, folder('system'), ['.'])),
      told: `Debian: ${packages.join(', ')}`,
    },
    { ...(await addLayer(layout, folder('program'), ['usr'])), told: `${name} ${version}` },
    {
      ...(await addLayer(layout, folder('writable'), user.writable, user.id)),
      told: `what ${user.name} may write to`,
    },
  ];
  const config = await addDocument(layout, 'config', configOf(architecture, layers));
  const descriptors = layers.map(({ descriptor }) => descriptor);
  return addDocument(layout, 'manifest', {
    schemaVersion: 2,
    mediaType: types.manifest,
    config,
    layers: descriptors,
  });
}

/**
 * @see https://github.com/opencontainers/image-spec/blob/main/config.md
 * @param {string} architecture
 * @param {readonly Layer[]} layers
 */
function configOf(architecture, layers) {
  const created = new Date(Number(process.env.SOURCE_DATE_EPOCH) * 1000).toISOString();
  const labels = { title: name, version, description, licenses: license, source: address };
  return {
    created,
    architecture,
    os: 'linux',
    config: {
      User: `${user.id}:${user.id}`,
      Entrypoint: [`/usr/bin/${name}`],
      WorkingDir: `/${user.home}`,
      Labels: Object.fromEntries(
        Object.entries(labels).map(([key, value]) => [`org.opencontainers.image.${key}`, value]),
      ),
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(({ told }) => ({ created, created_by: told })),
  };
}

/**
 * A layer with entries of a folder: its descriptor, and the digest of what is compressed in it.
 * @param {string} layout
 * @param {string} folder
 * @param {readonly string[]} entries
 * @param {number} [owner]
 */
async function addLayer(layout, folder, entries, owner) {
  const file = `${folder}.tar`;
  await packTar(file, folder, entries, owner);
  const diffId = `sha256:${await digestOf(file)}`;
  await run('gzip', ['-n', file]);
  return { diffId, descriptor: await addBlob(layout, types.layer, `${file}.gz`) };
}

/**
 * @param {string} layout
 * @param {keyof typeof types} kind
 * @param {object} value
 */
async function addDocument(layout, kind, value) {
  const file = join(layout, 'document');
  await writeFile(file, JSON.stringify(value));
  return addBlob(layout, types[kind], file);
}

/**
 * Moves a file to where its digest says.
 * @param {string} layout
 * @param {string} mediaType
 * @param {string} file
 * @returns {Promise<Descriptor>}
 */
async function addBlob(layout, mediaType, file) {
  const digest = await digestOf(file);
  const { size } = await stat(file);
  await rename(file, join(layout, 'blobs/sha256', digest));
  return { mediaType, digest: `sha256:${digest}`, size };
}

/** @param {string} file */
async function digestOf(file) {
  return createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
}
