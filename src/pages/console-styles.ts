import { stylesheet } from './stylesheet.ts';

/** All styles of the emulator's console. */
export const consoleStyles = `${stylesheet}
.wide { width: 100%; max-width: 1080px; margin: 0 auto; padding: clamp(16px, 3vw, 32px) clamp(12px, 3vw, 32px) 40px; }
`;
