/**
 * A reporter of Vitest for Stryker, which counts failed tests alone: a test file that a change keeps from loading gets one, as
 * its own tests do not exist then.
 */
export const loadFailures = {
  /** @param {readonly any[]} modules whose tasks Vitest's types do not show */
  onTestRunEnd(modules) {
    for (const { task: file } of modules) {
      if (file.result?.state !== 'fail' || file.tasks.length > 0) continue;
      const { result } = file;
      file.tasks.push({
        id: `${file.id}_load`,
        type: 'test',
        name: 'loads',
        mode: 'run',
        file,
        result,
      });
    }
  },
};
