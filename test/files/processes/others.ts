import { changeableByOthers } from '../../../src/files/others.ts';

/** Prints as JSON who else may change each path; null: nobody. */
const paths: readonly string[] = JSON.parse(process.argv[2] ?? '[]');
process.stdout.write(
  JSON.stringify(paths.map((path) => changeableByOthers(path)?.sentence ?? null)),
);
