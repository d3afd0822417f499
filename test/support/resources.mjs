// Loaded into a program: at its end it writes what it took to a file.
import { writeFileSync } from 'node:fs';

process.once('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const taken = { bytes: maxRSS * 1024, seconds: (userCPUTime + systemCPUTime) / 1e6 };
  writeFileSync(process.env.TEST_RESOURCES ?? '', JSON.stringify(taken));
});
