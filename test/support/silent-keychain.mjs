// Preloaded into the program: its keychain process hears no request, and so never answers.
if (process.argv.includes('keychain-process')) {
  const { once } = process;
  process.once = (event, ...rest) =>
    event === 'message' ? process : once.call(process, event, ...rest);
}
