// Preloaded into the program: it takes this system for Windows, and SIGUSR2 for Ctrl-Break.
Object.defineProperty(process, 'platform', { value: 'win32' });
process.on('SIGUSR2', () => process.emit('SIGBREAK'));
