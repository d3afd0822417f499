// Frames that become one animated GIF.
// @ts-expect-error the package has no types
import gifenc from 'gifenc';

const { GIFEncoder, quantize, applyPalette } = gifenc;

/** Of 256 colors one says that a pixel is as it was. */
const colors = 255;
/** So many of the others are the pages' own, without any loss. */
const own = 128;

/**
 * One palette serves all frames, and each has only what differs from the one before.
 * @param {{ pixels: Uint8ClampedArray, milliseconds: number }[]} frames RGBA without transparency
 * @param {{ width: number, height: number }} size
 * @returns {Uint8Array}
 */
export function encodeGif(frames, { width, height }) {
  const all = frames.map(
    ({ pixels }) => new Uint32Array(pixels.buffer, pixels.byteOffset, pixels.byteLength / 4),
  );
  const exact = new Map(mostFrequent(all, own).map((word, index) => [word, index]));
  const others = all.flatMap((words) => [...words.filter((word) => !exact.has(word))]);
  const palette = [
    ...[...exact.keys()].map((word) => [word & 0xff, (word >> 8) & 0xff, (word >> 16) & 0xff]),
    ...quantize(new Uint8Array(Uint32Array.from(others).buffer), colors - exact.size),
  ];
  const unchanged = palette.length;
  const gif = GIFEncoder();
  /** @type {Uint8Array | null} */
  let before = null;
  for (const [at, { pixels, milliseconds }] of frames.entries()) {
    const words = all[at] ?? new Uint32Array();
    /** @type {Uint8Array} */
    const near = applyPalette(pixels, palette);
    const image = near.map((index, pixel) => exact.get(words[pixel] ?? 0) ?? index);
    gif.writeFrame(
      before === null ? image : withoutUnchanged(image, before, unchanged),
      width,
      height,
      {
        palette: before === null ? [...palette, [0, 0, 0]] : undefined,
        delay: milliseconds,
        transparent: before !== null,
        transparentIndex: unchanged,
        dispose: 1,
      },
    );
    before = image;
  }
  gif.finish();
  return gif.bytes();
}

/**
 * @param {Uint8Array} image
 * @param {Uint8Array} before
 * @param {number} unchanged
 */
function withoutUnchanged(image, before, unchanged) {
  return image.map((index, pixel) => (index === before[pixel] ? unchanged : index));
}

/**
 * @param {readonly Uint32Array[]} frames
 * @param {number} count
 */
function mostFrequent(frames, count) {
  const counts = new Map();
  for (const words of frames)
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, count)
    .map(([word]) => word);
}
