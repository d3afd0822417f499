import type { Style } from './style.ts';

/** The look of a question in our style, since inquirer colors its own whatever `--no-color` and `NO_COLOR` say. */
export function promptTheme({ bold, dim, red, yellow, green, cyan }: Style) {
  return {
    prefix: { idle: cyan('?'), done: green('✓') },
    spinner: { interval: 80, frames: [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'].map((frame) => yellow(frame)) },
    style: {
      // inquirer hands more than the text to some of these.
      answer: (text: string) => cyan(text),
      message: (text: string) => bold(text),
      error: (text: string) => red(`> ${text}`),
      defaultAnswer: (text: string) => dim(`(${text})`),
      help: (text: string) => dim(text),
      highlight: (text: string) => cyan(text),
      key: (text: string) => cyan(bold(`<${text}>`)),
      keysHelpTip: (keys: readonly (readonly [key: string, action: string])[]) =>
        keys.map(([key, action]) => `${bold(key)} ${dim(action)}`).join(dim(' • ')),
    },
  };
}
