// Loaded into a program: at its end it writes what it took to a file.
import { readFileSync, writeFileSync } from 'node:fs';

process.once('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  const taken = { bytes: mostMemory(), seconds: (userCPUTime + systemCPUTime) / 1e6 };
  writeFileSync(process.env.TEST_RESOURCES ?? '', JSON.stringify(taken));
});

/** In bytes. Linux counts the memory of the process that started this one into `maxRSS`. */
function mostMemory() {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(status) ?? [];
  return 1024 * Number(kilobytes ?? process.resourceUsage().maxRSS);
}
