import { stylesheet } from './stylesheet.ts';

/** All styles of the emulator's console. */
export const consoleStyles = `${stylesheet}
`;
