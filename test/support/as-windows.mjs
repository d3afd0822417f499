// Preloaded into the program: makes this system look like Windows, and SIGUSR2 like Ctrl-Break.
Object.defineProperty(process, 'platform', { value: 'win32' });
process.on('SIGUSR2', () => process.emit('SIGBREAK'));
