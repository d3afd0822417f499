// Whether the emulator's console stands a thousand challenges and ten thousand requests: the page answers within a moment
// meanwhile, and the emulator's memory is the same after each round. `-- --rounds N` makes it last longer.
// CHROMIUM names another browser than Debian's.
import { readFile, mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { freePort } from './free-port.mjs';
import { cleanEnvironment, createProgram } from './program.mjs';
import { rehearsePush } from './screenshots/console.mjs';
