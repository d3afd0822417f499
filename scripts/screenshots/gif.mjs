// Frames that become one animated GIF.
import gifenc from 'gifenc';

const { GIFEncoder, quantize, applyPalette } = gifenc;

/** Of 256 colors one says that a pixel is as it was. So many of the others are the pages' own, without any loss. */
const [colors, own] = [255, 128];

/**
 * One palette serves all frames, and each has only what differs from the one before.
 * @param {{ pixels: Uint8ClampedArray, milliseconds: number }[]} frames RGBA without transparency
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
  let before = null;
  for (const [at, { pixels, milliseconds }] of frames.entries()) {
    const near = applyPalette(pixels, palette);
    const image = near.map((index, pixel) => exact.get(all[at][pixel]) ?? index);
    gif.writeFrame(
      before === null ? image : image.map((index, i) => (index === before[i] ? unchanged : index)),
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

function mostFrequent(frames, count) {
  const counts = new Map();
  for (const words of frames)
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .slice(0, count)
    .map(([word]) => word);
}
